"""Models of what the operator watches and keeps."""
