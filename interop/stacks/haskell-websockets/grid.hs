-- Plays a scenario of the interop grid with the Haskell package websockets. As a client it offers no
-- permessage-deflate and sends no fragments, and tells neither the payload of a Pong nor the subprotocol that was agreed.
-- Argument: the server's address.
import Control.Exception (SomeException, catch, handle, throwIO)
import Control.Monad (unless, void)
import qualified Data.ByteString.Lazy as Octets
import qualified Data.Text.Lazy as Lazy
import qualified Data.Text.Lazy.Encoding as Lazy
import Data.Word (Word16)
import Network.WebSockets
import System.Environment (getArgs, lookupEnv)
import System.Exit (ExitCode (..), exitWith)
import System.IO (hPutStrLn, hSetEncoding, stderr, utf8)

scenarios :: [String]
scenarios = ["open", "text", "binary", "close-client", "close-server"]

main :: IO ()
main = do
  hSetEncoding stderr utf8
  name <- lookupEnv "WIREPROOF_SCENARIO"
  case name of
    Just scenario | scenario `elem` scenarios -> do
      [url] <- getArgs
      let (authority, path) = break (== '/') (drop (length "ws://") url)
          (host, port) = break (== ':') authority
      runClient host (read (drop 1 port)) path (play scenario) `catch` failed
    _ -> exitWith (ExitFailure 127)

play :: String -> ClientApp ()
play scenario connection = case scenario of
  "text" -> echo (textOf "Grüße, 世界 👋") >> close
  "binary" -> echo (Binary (Octets.pack [0 .. 255])) >> close
  "close-client" -> do
    sendCloseCode connection 3000 (textOctets "client done")
    (code, _) <- waitForClose
    expect "close code of the answer" code 3000
  "close-server" -> do
    sendDataMessage connection (textOf "bye")
    end <- waitForClose
    expect "close code and reason" end (3001, textOctets "server done")
  _ -> close
  where
    echo message = do
      sendDataMessage connection message
      answer <- receiveDataMessage connection
      expect "echo" (typeAndOctets answer) (typeAndOctets message)
    close = sendCloseCode connection 1000 Octets.empty >> void waitForClose
    waitForClose = handle ended (receiveDataMessage connection >> fail "a message instead of a Close frame")

ended :: ConnectionException -> IO (Word16, Octets.ByteString)
ended (CloseRequest code reason) = return (code, reason)
ended other = throwIO other

textOf :: String -> DataMessage
textOf text = Text (textOctets text) Nothing

textOctets :: String -> Octets.ByteString
textOctets = Lazy.encodeUtf8 . Lazy.pack

typeAndOctets :: DataMessage -> (String, Octets.ByteString)
typeAndOctets (Text octets _) = ("text", octets)
typeAndOctets (Binary octets) = ("binary", octets)

expect :: (Eq value, Show value) => String -> value -> value -> IO ()
expect what got wanted = unless (got == wanted) (fail (what ++ ": " ++ shown got ++ ", not " ++ shown wanted))
  where
    shown = take 80 . show

failed :: SomeException -> IO ()
failed complaint = hPutStrLn stderr (takeWhile (/= '\n') (show complaint)) >> exitWith (ExitFailure 1)
