// Walks through the cases of the tester with OkHttp. Argument: the tester's address.

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import okio.ByteString;

public class Client {
    static final OkHttpClient client = new OkHttpClient.Builder().readTimeout(0, TimeUnit.SECONDS).build();
    static String url;

    /** Sends messages back if it is told to, and remembers the last text. */
    static class Listener extends WebSocketListener {
        final CountDownLatch closed = new CountDownLatch(1);
        final boolean echoes;
        volatile String lastText = "";

        Listener(boolean echoes) {
            this.echoes = echoes;
        }

        @Override
        public void onMessage(WebSocket socket, String text) {
            lastText = text;
            if (echoes) socket.send(text);
        }

        @Override
        public void onMessage(WebSocket socket, ByteString octets) {
            if (echoes) socket.send(octets);
        }

        // The library does not answer a Close frame by itself.
        @Override
        public void onClosing(WebSocket socket, int code, String reason) {
            socket.close(1000, null);
        }

        @Override
        public void onClosed(WebSocket socket, int code, String reason) {
            closed.countDown();
        }

        @Override
        public void onFailure(WebSocket socket, Throwable error, Response response) {
            closed.countDown();
        }
    }

    /** Connects, waits until the connection is closed, and returns the last text that came. */
    static String visit(String path, boolean echoes) throws InterruptedException {
        Listener listener = new Listener(echoes);
        client.newWebSocket(new Request.Builder().url(url + path).build(), listener);
        listener.closed.await();
        return listener.lastText;
    }

    public static void main(String[] arguments) throws InterruptedException {
        url = arguments[0];
        int count = Integer.parseInt(visit("/getCaseCount", false));
        for (int number = 1; number <= count; number++) visit("/runCase?case=" + number + "&agent=okhttp", true);
        visit("/updateReports?agent=okhttp", false);
        System.exit(0);
    }
}
