// Walks through the cases of the tester with the client of Jetty 9. Argument: the tester's address.

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.websocket.api.WebSocketAdapter;
import org.eclipse.jetty.websocket.client.WebSocketClient;

public class Client {
    static final int MESSAGE_OCTETS = 64 * 1024 * 1024;
    static final WebSocketClient client = new WebSocketClient();
    static String url;

    /** Remembers the last text, and sends messages back if it is told to. */
    public static class Visit extends WebSocketAdapter {
        final CompletableFuture<String> closed = new CompletableFuture<>();
        private final boolean echoes;
        private String lastText = "";

        Visit(boolean echoes) {
            this.echoes = echoes;
        }

        @Override
        public void onWebSocketText(String text) {
            lastText = text;
            if (!echoes) return;
            try {
                getRemote().sendString(text);
            } catch (IOException error) {
                throw new UncheckedIOException(error);
            }
        }

        @Override
        public void onWebSocketBinary(byte[] octets, int offset, int length) {
            if (!echoes) return;
            try {
                getRemote().sendBytes(ByteBuffer.wrap(octets, offset, length));
            } catch (IOException error) {
                throw new UncheckedIOException(error);
            }
        }

        @Override
        public void onWebSocketClose(int code, String reason) {
            super.onWebSocketClose(code, reason);
            closed.complete(lastText);
        }

        @Override
        public void onWebSocketError(Throwable error) {
            // No connection was opened.
            if (getSession() == null) closed.complete(lastText);
        }
    }

    /** Connects, waits until the connection is closed, and returns the last text that came. */
    static String visit(String path, boolean echoes) throws IOException {
        Visit visit = new Visit(echoes);
        client.connect(visit, URI.create(url + path));
        return visit.closed.join();
    }

    public static void main(String[] arguments) throws Exception {
        System.setProperty("org.eclipse.jetty.LEVEL", "OFF");
        url = arguments[0];
        client.getPolicy().setMaxTextMessageSize(MESSAGE_OCTETS);
        client.getPolicy().setMaxBinaryMessageSize(MESSAGE_OCTETS);
        client.start();
        int count = Integer.parseInt(visit("/getCaseCount", false));
        for (int number = 1; number <= count; number++) visit("/runCase?case=" + number + "&agent=Jetty", true);
        visit("/updateReports?agent=Jetty", false);
        System.exit(0);
    }
}
