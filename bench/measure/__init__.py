"""What the scripts of bench/ have in common: processes, servers, load, figures."""
