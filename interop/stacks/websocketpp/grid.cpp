// Plays a scenario of the interop grid with WebSocket++, which sends no fragments. Its `get_subprotocol` stays empty in a
// client, so the header is looked at. Argument: the server's address.
#include <cstdlib>
#include <iostream>
#include <set>
#include <string>
#include <websocketpp/client.hpp>
#include <websocketpp/config/asio_no_tls_client.hpp>
#include <websocketpp/extensions/permessage_deflate/enabled.hpp>

using websocketpp::connection_hdl;

struct deflating_config : websocketpp::config::asio_client {
    struct permessage_deflate_config {};
    typedef websocketpp::extensions::permessage_deflate::enabled<permessage_deflate_config> permessage_deflate_type;
};

const std::set<std::string> scenarios = {"open",        "text",         "binary",      "deflate", "ping",
                                         "subprotocol", "close-client", "close-server"};

void expect(const std::string& what, bool is_right) {
    if (is_right) return;
    std::cerr << "not as expected: " << what << "\n";
    std::exit(1);
}

std::string message_of(const std::string& scenario) {
    std::string message;
    if (scenario == "text") message = "Grüße, 世界 👋";
    if (scenario == "close-server") message = "bye";
    if (scenario == "binary") for (int value = 0; value < 256; value++) message += static_cast<char>(value);
    if (scenario == "deflate") for (int times = 0; times < 2048; times++) message += "deflate ";
    return message;
}

template <typename Client>
void play(const std::string& url, const std::string& scenario) {
    const std::string message = message_of(scenario);
    const auto opcode = scenario == "binary" ? websocketpp::frame::opcode::binary : websocketpp::frame::opcode::text;
    int left = message.empty() ? 0 : scenario == "deflate" ? 3 : 1;
    bool was_opened = false, had_pong = false;
    Client client;
    client.clear_access_channels(websocketpp::log::alevel::all);
    client.clear_error_channels(websocketpp::log::elevel::all);
    client.init_asio();
    const auto next = [&](connection_hdl connection) {
        if (left > 0) client.send(connection, message, opcode);
        else if (scenario == "ping" && !had_pong) client.ping(connection, "wireproof");
        else if (scenario == "close-client") client.close(connection, 3000, "client done");
        else client.close(connection, websocketpp::close::status::normal, "");
    };
    client.set_open_handler([&](connection_hdl connection) {
        was_opened = true;
        const auto it = client.get_con_from_hdl(connection);
        const std::string agreed = it->get_response_header("Sec-WebSocket-Extensions");
        if (scenario == "deflate") expect("permessage-deflate is agreed", agreed.find("permessage-deflate") == 0);
        const std::string subprotocol = it->get_response_header("Sec-WebSocket-Protocol");
        if (scenario == "subprotocol") expect("the subprotocol is chat.v2", subprotocol == "chat.v2");
        next(connection);
    });
    client.set_message_handler([&](connection_hdl connection, typename Client::message_ptr echo) {
        expect("the type of the echo", echo->get_opcode() == opcode);
        expect("the echo", echo->get_payload() == message);
        left--;
        next(connection);
    });
    client.set_pong_handler([&](connection_hdl connection, const std::string& payload) {
        expect("the payload of the Pong", payload == "wireproof");
        had_pong = true;
        next(connection);
    });
    websocketpp::lib::error_code error;
    const auto connection = client.get_connection(url, error);
    expect("the address", !error);
    if (scenario == "subprotocol") {
        connection->add_subprotocol("chat.v1");
        connection->add_subprotocol("chat.v2");
    }
    client.connect(connection);
    client.run();
    expect("the opening handshake", was_opened);
    const int code = connection->get_remote_close_code();
    expect("the end is a Close frame", code != websocketpp::close::status::abnormal_close);
    if (scenario == "close-client") expect("the close code of the answer", code == 3000);
    if (scenario == "close-server") {
        expect("the close code", code == 3001);
        expect("the close reason", connection->get_remote_close_reason() == "server done");
    } else {
        expect("a message comes back before the end", left == 0);
    }
    if (scenario == "ping") expect("a Pong comes", had_pong);
}

int main(int, char** arguments) {
    const char* scenario = std::getenv("WIREPROOF_SCENARIO");
    if (scenario == nullptr || scenarios.count(scenario) == 0) return 127;
    if (std::string(scenario) == "deflate") play<websocketpp::client<deflating_config>>(arguments[1], scenario);
    else play<websocketpp::client<websocketpp::config::asio_client>>(arguments[1], scenario);
    return 0;
}
