"""Photos: taking them, the strip in a timeline, and a page that shows one."""
