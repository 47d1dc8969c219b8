// Echo server on Netty, with permessage-deflate. Argument: the port.

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.handler.codec.http.websocketx.extensions.compression.WebSocketServerCompressionHandler;
import java.util.Set;

public class Server {
    // The scenario of the interop grid (docs/grid.md), if any. Exit code 127: this program does not know it.
    static final Set<String> SCENARIOS = Set.of(
            "open", "text", "binary", "fragmented", "deflate",
            "ping", "subprotocol", "close-client", "close-server");
    static final String SCENARIO = System.getenv().getOrDefault("WIREPROOF_SCENARIO", "open");

    static final int MESSAGE_OCTETS = 64 * 1024 * 1024;

    static final String SUBPROTOCOLS = SCENARIO.equals("subprotocol") ? "chat.v2" : null;

    static class Echo extends SimpleChannelInboundHandler<WebSocketFrame> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, WebSocketFrame message) {
            boolean isData = message instanceof TextWebSocketFrame || message instanceof BinaryWebSocketFrame;
            if (!isData) return;
            if (SCENARIO.equals("close-server")) context.writeAndFlush(new CloseWebSocketFrame(3001, "server done"));
            else context.writeAndFlush(message.retain());
        }

        // Where a peer breaks the protocol, Netty has closed the connection already.
        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable error) {}
    }

    static class Pipeline extends ChannelInitializer<SocketChannel> {
        @Override
        protected void initChannel(SocketChannel channel) {
            channel.pipeline().addLast(
                    new HttpServerCodec(),
                    new HttpObjectAggregator(65536),
                    new WebSocketServerCompressionHandler(),
                    new WebSocketServerProtocolHandler("/", SUBPROTOCOLS, true, MESSAGE_OCTETS),
                    new WebSocketFrameAggregator(MESSAGE_OCTETS),
                    new Echo());
        }
    }

    public static void main(String[] arguments) throws Exception {
        if (!SCENARIOS.contains(SCENARIO)) System.exit(127);
        new ServerBootstrap()
                .group(new NioEventLoopGroup(2))
                .channel(NioServerSocketChannel.class)
                .childHandler(new Pipeline())
                .bind("127.0.0.1", Integer.parseInt(arguments[0]))
                .sync()
                .channel()
                .closeFuture()
                .sync();
    }
}
