-- Walks through the cases of the tester with the Haskell package websockets, which offers permessage-deflate.
-- Argument: the tester's address.
import Control.Exception (SomeException, catch)
import Control.Monad (forM_, forever)
import qualified Data.ByteString.Lazy.Char8 as Octets
import Network.WebSockets
import System.Environment (getArgs)

main :: IO ()
main = do
  [url] <- getArgs
  let (host, port) = break (== ':') (drop (length "ws://") url)
      visit path = runClientWith host (read (drop 1 port)) path deflating []
  count <- visit "/getCaseCount" (fmap (read . Octets.unpack) . receiveData)
  forM_ [1 .. count :: Int] $ \number ->
    visit ("/runCase?case=" ++ show number ++ "&agent=Haskell") echo `catch` ended
  visit "/updateReports?agent=Haskell" echo `catch` ended

deflating :: ConnectionOptions
deflating =
  defaultConnectionOptions
    { connectionCompressionOptions = PermessageDeflateCompression defaultPermessageDeflate
    }

echo :: ClientApp ()
echo connection = forever (receiveDataMessage connection >>= sendDataMessage connection)

-- The connection is closed, or could not be opened.
ended :: SomeException -> IO ()
ended _ = return ()
