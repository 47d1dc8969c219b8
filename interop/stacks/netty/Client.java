// Walks through the cases of the tester with Netty, which offers permessage-deflate. Argument: the tester's address.

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketHandshakeException;
import io.netty.handler.codec.http.websocketx.extensions.compression.WebSocketClientCompressionHandler;
import java.net.URI;
import java.util.function.BiConsumer;

public class Client {
    static final int MESSAGE_OCTETS = 64 * 1024 * 1024;
    static final NioEventLoopGroup group = new NioEventLoopGroup(1);
    static String url;

    /** Connects, and returns when the connection is closed. */
    static void visit(String path, BiConsumer<Channel, WebSocketFrame> onMessage) throws InterruptedException {
        URI uri = URI.create(url + path);
        Bootstrap bootstrap = new Bootstrap().group(group).channel(NioSocketChannel.class);
        bootstrap.handler(new ChannelInitializer<SocketChannel>() {
            @Override
            protected void initChannel(SocketChannel channel) {
                channel.pipeline().addLast(
                        new HttpClientCodec(),
                        new HttpObjectAggregator(65536),
                        WebSocketClientCompressionHandler.INSTANCE,
                        new WebSocketClientProtocolHandler(WebSocketClientProtocolConfig.newBuilder()
                                .webSocketUri(uri)
                                .allowExtensions(true)
                                .maxFramePayloadLength(MESSAGE_OCTETS)
                                .build()),
                        new WebSocketFrameAggregator(MESSAGE_OCTETS),
                        new Messages(onMessage));
            }
        });
        bootstrap.connect(uri.getHost(), uri.getPort()).sync().channel().closeFuture().sync();
    }

    static class Messages extends SimpleChannelInboundHandler<WebSocketFrame> {
        private final BiConsumer<Channel, WebSocketFrame> onMessage;

        Messages(BiConsumer<Channel, WebSocketFrame> onMessage) {
            this.onMessage = onMessage;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, WebSocketFrame message) {
            boolean isData = message instanceof TextWebSocketFrame || message instanceof BinaryWebSocketFrame;
            if (isData) onMessage.accept(context.channel(), message);
        }

        // Where a peer breaks the protocol, Netty has closed the connection already; not where the handshake has failed.
        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable error) {
            if (error instanceof WebSocketHandshakeException) context.close();
        }
    }

    public static void main(String[] arguments) throws InterruptedException {
        url = arguments[0];
        int[] count = {0};
        visit("/getCaseCount", (channel, message) -> count[0] = Integer.parseInt(((TextWebSocketFrame) message).text()));
        for (int number = 1; number <= count[0]; number++) {
            visit("/runCase?case=" + number + "&agent=Netty", (channel, message) -> channel.writeAndFlush(message.retain()));
        }
        visit("/updateReports?agent=Netty", (channel, message) -> {});
        System.exit(0);
    }
}
