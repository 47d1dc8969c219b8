// Plays a scenario of the interop grid with Netty, which does not tell what extensions were agreed, nor, by default, what
// Close frame came. Argument: the server's address.

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler.ClientHandshakeStateEvent;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.extensions.compression.WebSocketClientCompressionHandler;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

public class Grid {
    static final Set<String> SCENARIOS = Set.of(
        "open", "text", "binary", "fragmented", "deflate",
        "ping", "subprotocol", "close-client", "close-server");
    static final int MESSAGE_OCTETS = 1024 * 1024;
    /** What has come, such as "text Hello" or "close 1000 ". */
    static final BlockingQueue<String> events = new LinkedBlockingQueue<>();

    public static void main(String[] arguments) {
        String scenario = System.getenv("WIREPROOF_SCENARIO");
        if (scenario == null || !SCENARIOS.contains(scenario)) System.exit(127);
        try {
            play(URI.create(arguments[0]), scenario);
            System.exit(0);
        } catch (Exception | AssertionError error) {
            System.err.println(error instanceof AssertionError ? error.getMessage() : error);
            System.exit(1);
        }
    }

    static void play(URI url, String scenario) throws Exception {
        var config = WebSocketClientProtocolConfig.newBuilder()
            .webSocketUri(url)
            .subprotocol(scenario.equals("subprotocol") ? "chat.v1,chat.v2" : null)
            .allowExtensions(scenario.equals("deflate"))
            .maxFramePayloadLength(MESSAGE_OCTETS)
            // By default, the application sees no Pongs.
            .dropPongFrames(!scenario.equals("ping"));
        var protocol = new WebSocketClientProtocolHandler(config.build());
        Bootstrap bootstrap = new Bootstrap().group(new NioEventLoopGroup(1)).channel(NioSocketChannel.class);
        bootstrap.handler(new ChannelInitializer<SocketChannel>() {
            @Override
            protected void initChannel(SocketChannel channel) {
                ChannelPipeline pipeline = channel.pipeline();
                pipeline.addLast(new HttpClientCodec(), new HttpObjectAggregator(65536));
                if (scenario.equals("deflate")) pipeline.addLast(WebSocketClientCompressionHandler.INSTANCE);
                pipeline.addLast(protocol, new WebSocketFrameAggregator(MESSAGE_OCTETS), new Events());
            }
        });
        Channel channel = bootstrap.connect(url.getHost(), url.getPort()).sync().channel();
        expect(events.take(), "open");
        switch (scenario) {
            case "text" -> {
                channel.writeAndFlush(new TextWebSocketFrame("Grüße, 世界 👋"));
                expect(events.take(), "text Grüße, 世界 👋");
            }
            case "binary" -> {
                byte[] octets = new byte[256];
                for (int value = 0; value < 256; value++) octets[value] = (byte) value;
                channel.writeAndFlush(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(octets)));
                expect(events.take(), "binary " + new String(octets, StandardCharsets.ISO_8859_1));
            }
            case "fragmented" -> {
                channel.writeAndFlush(new TextWebSocketFrame(false, 0, "a".repeat(65536)));
                for (int left = 15; left > 0; left--) {
                    channel.writeAndFlush(new ContinuationWebSocketFrame(left == 1, 0, "a".repeat(65536)));
                }
                expect(events.take(), "text " + "a".repeat(1048576));
            }
            case "deflate" -> {
                for (int times = 0; times < 3; times++) {
                    channel.writeAndFlush(new TextWebSocketFrame("deflate ".repeat(2048)));
                    expect(events.take(), "text " + "deflate ".repeat(2048));
                }
            }
            case "ping" -> {
                channel.writeAndFlush(new PingWebSocketFrame(Unpooled.wrappedBuffer("wireproof".getBytes())));
                expect(events.take(), "pong wireproof");
            }
            case "subprotocol" -> expect(protocol.handshaker().actualSubprotocol(), "chat.v2");
        }
        switch (scenario) {
            case "close-client" -> channel.writeAndFlush(new CloseWebSocketFrame(3000, "client done"));
            case "close-server" -> channel.writeAndFlush(new TextWebSocketFrame("bye"));
            default -> channel.writeAndFlush(new CloseWebSocketFrame(1000, ""));
        }
        // By default, the library closes the connection when a Close frame comes, and does not tell what is in it.
        expect(events.take(), "end");
    }

    /** Puts what has come into the queue. */
    static class Events extends SimpleChannelInboundHandler<WebSocketFrame> {
        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event == ClientHandshakeStateEvent.HANDSHAKE_COMPLETE) events.add("open");
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
            String content = frame.content().toString(StandardCharsets.ISO_8859_1);
            if (frame instanceof TextWebSocketFrame) events.add("text " + ((TextWebSocketFrame) frame).text());
            if (frame instanceof BinaryWebSocketFrame) events.add("binary " + content);
            if (frame instanceof PongWebSocketFrame) events.add("pong " + content);
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            events.add("end");
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable error) {
            events.add("error " + error);
        }
    }

    static void expect(String got, String wanted) {
        if (!wanted.equals(got)) throw new AssertionError(shortened(got) + ", not " + shortened(wanted));
    }

    static String shortened(String text) {
        return text != null && text.length() > 80 ? text.substring(0, 80) : text;
    }
}
