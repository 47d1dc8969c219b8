// Echo server on Boost.Beast, with permessage-deflate; a thread for each connection. Argument: the port.
#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>
#include <cstdlib>
#include <thread>

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;
using asio::ip::tcp;

void echo(tcp::socket socket) {
    websocket::stream<tcp::socket> connection(std::move(socket));
    websocket::permessage_deflate deflate;
    deflate.server_enable = true;
    connection.set_option(deflate);
    connection.read_message_max(64 << 20);
    try {
        connection.accept();
        for (;;) {
            beast::flat_buffer message;
            connection.read(message);
            connection.text(connection.got_text());
            connection.write(message.data());
        }
    } catch (const beast::system_error&) {
        // The connection has ended.
    }
}

int main(int, char** arguments) {
    asio::io_context context;
    const auto port = static_cast<unsigned short>(std::atoi(arguments[1]));
    tcp::acceptor acceptor(context, {asio::ip::make_address("127.0.0.1"), port});
    for (;;) {
        tcp::socket socket(context);
        acceptor.accept(socket);
        std::thread(echo, std::move(socket)).detach();
    }
}
