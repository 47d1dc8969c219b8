// Walks through the cases of the tester with WebSocket++, which offers permessage-deflate. Argument: the tester's address.
#include <functional>
#include <string>
#include <websocketpp/client.hpp>
#include <websocketpp/config/asio_no_tls_client.hpp>
#include <websocketpp/extensions/permessage_deflate/enabled.hpp>

struct config : websocketpp::config::asio_client {
    static const size_t max_message_size = 64 << 20;
    struct permessage_deflate_config {};
    typedef websocketpp::extensions::permessage_deflate::enabled<permessage_deflate_config> permessage_deflate_type;
};
typedef websocketpp::client<config> client_type;
using on_message = std::function<void(client_type&, websocketpp::connection_hdl, client_type::message_ptr)>;

/** Connects, and returns when the connection is closed or could not be opened. */
void visit(const std::string& url, const on_message& handle) {
    client_type client;
    client.clear_access_channels(websocketpp::log::alevel::all);
    client.clear_error_channels(websocketpp::log::elevel::all);
    client.init_asio();
    client.set_message_handler([&](websocketpp::connection_hdl connection, client_type::message_ptr message) {
        handle(client, connection, message);
    });
    websocketpp::lib::error_code error;
    const auto connection = client.get_connection(url, error);
    if (error) return;
    client.connect(connection);
    client.run();
}

int main(int, char** arguments) {
    const std::string url = arguments[1];
    int count = 0;
    visit(url + "/getCaseCount", [&](client_type&, websocketpp::connection_hdl, client_type::message_ptr message) {
        count = std::stoi(message->get_payload());
    });
    for (int number = 1; number <= count; number++) {
        visit(url + "/runCase?case=" + std::to_string(number) + "&agent=WebSocket++",
              [](client_type& client, websocketpp::connection_hdl connection, client_type::message_ptr message) {
                  websocketpp::lib::error_code ignored;
                  client.send(connection, message->get_payload(), message->get_opcode(), ignored);
              });
    }
    visit(url + "/updateReports?agent=WebSocket++",
          [](client_type&, websocketpp::connection_hdl, client_type::message_ptr) {});
}
