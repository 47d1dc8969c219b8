-- Echo server on the Haskell package websockets, with permessage-deflate. Argument: the port.
import Control.Exception (catch)
import Control.Monad (forever)
import Network.WebSockets
import System.Environment (getArgs)

main :: IO ()
main = do
  [port] <- getArgs
  runServerWithOptions
    defaultServerOptions
      { serverHost = "127.0.0.1",
        serverPort = read port,
        serverConnectionOptions = deflating
      }
    echo

deflating :: ConnectionOptions
deflating =
  defaultConnectionOptions
    { connectionCompressionOptions = PermessageDeflateCompression defaultPermessageDeflate
    }

echo :: PendingConnection -> IO ()
echo request = do
  connection <- acceptRequest request
  forever (receiveDataMessage connection >>= sendDataMessage connection) `catch` ended

ended :: ConnectionException -> IO ()
ended _ = return ()
