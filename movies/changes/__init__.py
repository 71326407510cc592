"""What changed of a member's things, for apps that keep a copy."""
