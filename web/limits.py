"""How often somebody may try: counted in the process's memory, so each worker counts for itself."""

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address)
SIGN_IN_LIMIT = "10 per minute;60 per hour"
