"""The pure decision core: what an action leads to, or every reason why it may not be."""
