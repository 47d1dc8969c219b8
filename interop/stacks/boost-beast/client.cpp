// Walks through the cases of the tester with Boost.Beast, which offers permessage-deflate. Argument: the tester's address.
#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>
#include <functional>
#include <string>

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;
using asio::ip::tcp;
using connection_type = websocket::stream<tcp::socket>;
using on_message = std::function<void(connection_type&, beast::flat_buffer&)>;

/** Connects, and returns when the connection is closed. */
void visit(const std::string& authority, const std::string& path, const on_message& handle) {
    asio::io_context context;
    tcp::socket socket(context);
    const auto colon = authority.rfind(':');
    const auto port = static_cast<unsigned short>(std::stoi(authority.substr(colon + 1)));
    try {
        socket.connect({asio::ip::make_address(authority.substr(0, colon)), port});
        connection_type connection(std::move(socket));
        websocket::permessage_deflate deflate;
        deflate.client_enable = true;
        connection.set_option(deflate);
        connection.read_message_max(64 << 20);
        connection.handshake(authority, path);
        for (;;) {
            beast::flat_buffer message;
            connection.read(message);
            handle(connection, message);
        }
    } catch (const beast::system_error&) {
        // The connection has ended.
    }
}

int main(int, char** arguments) {
    const std::string authority = std::string(arguments[1]).substr(sizeof "ws://" - 1);
    int count = 0;
    visit(authority, "/getCaseCount", [&](connection_type&, beast::flat_buffer& message) {
        count = std::stoi(beast::buffers_to_string(message.data()));
    });
    for (int number = 1; number <= count; number++) {
        visit(authority, "/runCase?case=" + std::to_string(number) + "&agent=Beast",
              [](connection_type& connection, beast::flat_buffer& message) {
                  connection.text(connection.got_text());
                  connection.write(message.data());
              });
    }
    visit(authority, "/updateReports?agent=Beast", [](connection_type&, beast::flat_buffer&) {});
}
