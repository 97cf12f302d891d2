"""What an appointment writes into the archive of the person appointed."""
