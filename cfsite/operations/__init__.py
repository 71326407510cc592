"""What the operator watches and keeps: the processes, alerts, mail on its way, backups."""
