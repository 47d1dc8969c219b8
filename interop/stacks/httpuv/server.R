# Echo server on httpuv. Argument: the port.
library(httpuv)

# The scenario of the interop grid (docs/grid.md), if any. Exit code 127: this program does not know it.
scenarios <- strsplit("open text binary fragmented ping close-client close-server", " ")[[1]]
scenario <- Sys.getenv("WIREPROOF_SCENARIO", "open")
if (!scenario %in% scenarios) quit(status = 127)

echo <- list(
  call = function(request) list(status = 400L, headers = list(), body = ""),
  onWSOpen = function(connection) {
    connection$onMessage(function(is_binary, message) {
      if (scenario == "close-server") connection$close(3001L, "server done")
      else connection$send(message)
    })
  }
)
runServer("127.0.0.1", as.integer(commandArgs(trailingOnly = TRUE)[1]), echo)
