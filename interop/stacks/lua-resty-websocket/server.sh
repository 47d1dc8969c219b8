#!/bin/sh
# Starts the echo server. Argument: the port.

# The scenario of the interop grid (docs/grid.md), if any. Exit code 127: this program does not know it.
case "$WIREPROOF_SCENARIO" in
  '' | open | text | binary | fragmented | ping | close-client | close-server) ;;
  *) exit 127 ;;
esac

sed "s/PORT/$1/" nginx.conf > server.conf && exec nginx -p "$PWD" -c server.conf
