#!/bin/sh
# Starts the echo server. Argument: the port.

# The scenario of the interop grid (docs/grid.md), if any. Exit code 127: this program does not know it.
case "$WIREPROOF_SCENARIO" in
  '' | open | text | binary | fragmented | deflate | ping | subprotocol | close-client | close-server) ;;
  *) exit 127 ;;
esac

exec node_modules/@cloudflare/workerd-linux-64/bin/workerd serve config.capnp --socket-addr "http=127.0.0.1:$1"
