// Walks through the cases of the tester with java.net.http of the JDK. Argument: the tester's address.

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

public class Client {
    static final HttpClient client = HttpClient.newHttpClient();
    static String url;

    /** Joins parts to messages, remembers the last text, and sends messages back if it is told to. */
    static class Listener implements WebSocket.Listener {
        final CompletableFuture<String> closed = new CompletableFuture<>();
        final boolean echoes;
        private final StringBuilder text = new StringBuilder();
        private final ByteArrayOutputStream octets = new ByteArrayOutputStream();
        private String lastText = "";

        Listener(boolean echoes) {
            this.echoes = echoes;
        }

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean isLast) {
            text.append(part);
            if (!isLast) return more(socket);
            lastText = text.toString();
            text.setLength(0);
            if (!echoes) return more(socket);
            socket.sendText(lastText, true).whenComplete((sent, error) -> socket.request(1));
            return null;
        }

        @Override
        public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer part, boolean isLast) {
            byte[] copy = new byte[part.remaining()];
            part.get(copy);
            octets.writeBytes(copy);
            if (!isLast) return more(socket);
            ByteBuffer message = ByteBuffer.wrap(octets.toByteArray());
            octets.reset();
            socket.sendBinary(message, true).whenComplete((sent, error) -> socket.request(1));
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            closed.complete(lastText);
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            closed.complete(lastText);
        }

        private CompletionStage<?> more(WebSocket socket) {
            socket.request(1);
            return null;
        }
    }

    /** Connects, waits until the connection is closed, and returns the last text that came. */
    static String visit(String path, boolean echoes) {
        Listener listener = new Listener(echoes);
        try {
            client.newWebSocketBuilder().buildAsync(URI.create(url + path), listener).join();
        } catch (CompletionException error) {
            return "";
        }
        return listener.closed.join();
    }

    public static void main(String[] arguments) {
        url = arguments[0];
        int count = Integer.parseInt(visit("/getCaseCount", false));
        for (int number = 1; number <= count; number++) visit("/runCase?case=" + number + "&agent=JDK", true);
        visit("/updateReports?agent=JDK", false);
        System.exit(0);
    }
}
