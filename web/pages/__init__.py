"""The pages, one module per area: each translates a request into an operation or query and shows the answer."""
