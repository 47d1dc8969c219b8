# Echo server on httpuv. Argument: the port.
library(httpuv)

echo <- list(
  call = function(request) list(status = 400L, headers = list(), body = ""),
  onWSOpen = function(connection) {
    connection$onMessage(function(is_binary, message) connection$send(message))
  }
)
runServer("127.0.0.1", as.integer(commandArgs(trailingOnly = TRUE)[1]), echo)
