{-# LANGUAGE OverloadedStrings #-}

-- Echo server on the Haskell package websockets, with permessage-deflate. Argument: the port.
import Control.Exception (catch)
import Control.Monad (forever, when)
import Data.Maybe (fromMaybe)
import Data.Text (Text)
import Network.WebSockets
import System.Environment (getArgs, lookupEnv)
import System.Exit (ExitCode (ExitFailure), exitWith)

-- The scenario of the interop grid (docs/grid.md), if any. Exit code 127: this program does not know it.
scenarios :: [String]
scenarios = words "open text binary fragmented deflate ping subprotocol close-client close-server"

main :: IO ()
main = do
  [port] <- getArgs
  scenario <- fromMaybe "open" <$> lookupEnv "WIREPROOF_SCENARIO"
  when (scenario `notElem` scenarios) $ exitWith (ExitFailure 127)
  runServerWithOptions
    defaultServerOptions
      { serverHost = "127.0.0.1",
        serverPort = read port,
        serverConnectionOptions = deflating
      }
    (echo scenario)

deflating :: ConnectionOptions
deflating =
  defaultConnectionOptions
    { connectionCompressionOptions = PermessageDeflateCompression defaultPermessageDeflate
    }

echo :: String -> PendingConnection -> IO ()
echo scenario request = do
  connection <- acceptRequestWith request defaultAcceptRequest {acceptSubprotocol = subprotocol}
  forever (receiveDataMessage connection >>= answer connection) `catch` ended
  where
    isOffered = "chat.v2" `elem` getRequestSubprotocols (pendingRequest request)
    subprotocol = if scenario == "subprotocol" && isOffered then Just "chat.v2" else Nothing
    answer connection message
      | scenario == "close-server" = sendCloseCode connection 3001 ("server done" :: Text)
      | otherwise = sendDataMessage connection message

ended :: ConnectionException -> IO ()
ended _ = return ()
