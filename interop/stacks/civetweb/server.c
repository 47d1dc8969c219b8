// Echo server on CivetWeb, which gives the application frames: this one joins them to messages, and answers Ping and
// Close. Argument: the port.
#include <civetweb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// The scenario of the interop grid (docs/grid.md), if any. Exit code 127: this program does not know it.
static const char *const SCENARIOS[] = {"open", "text", "binary", "fragmented", "ping",
                                        "subprotocol", "close-client", "close-server", NULL};
static const char *scenario = "open";

static int is(const char *name) {
    return strcmp(scenario, name) == 0;
}

static void read_scenario(void) {
    const char *given = getenv("WIREPROOF_SCENARIO");
    if (given != NULL) scenario = given;
    for (int i = 0; SCENARIOS[i] != NULL; i++)
        if (is(SCENARIOS[i])) return;
    exit(127);
}

static const char SERVER_DONE[] = "\x0b\xb9server done"; // Code 3001.

struct message {
    char *octets;
    size_t length;
    int kind;
    int is_closing;
};

static int on_request(const struct mg_connection *connection, void *data) {
    return 0;
}

static void on_open(struct mg_connection *connection, void *data) {
    mg_set_user_connection_data(connection, calloc(1, sizeof(struct message)));
}

static int on_frame(struct mg_connection *connection, int bits, char *payload, size_t length, void *data) {
    struct message *message = mg_get_user_connection_data(connection);
    const int opcode = bits & 0x0f;
    const int is_last = bits & 0x80;

    switch (opcode) {
    case MG_WEBSOCKET_OPCODE_CONNECTION_CLOSE:
        if (!message->is_closing) mg_websocket_write(connection, opcode, payload, length);
        return 0;
    case MG_WEBSOCKET_OPCODE_PING:
        mg_websocket_write(connection, MG_WEBSOCKET_OPCODE_PONG, payload, length);
        return 1;
    case MG_WEBSOCKET_OPCODE_PONG:
        return 1;
    }
    if (opcode != MG_WEBSOCKET_OPCODE_CONTINUATION) message->kind = opcode;
    message->octets = realloc(message->octets, message->length + length + 1);
    memcpy(message->octets + message->length, payload, length);
    message->length += length;
    if (is_last && is("close-server")) {
        message->is_closing = 1;
        mg_websocket_write(connection, MG_WEBSOCKET_OPCODE_CONNECTION_CLOSE, SERVER_DONE, sizeof SERVER_DONE - 1);
    } else if (is_last) {
        mg_websocket_write(connection, message->kind, message->octets, message->length);
        message->length = 0;
    }
    return 1;
}

static void on_close(const struct mg_connection *connection, void *data) {
    struct message *message = mg_get_user_connection_data(connection);
    if (message == NULL) return;
    free(message->octets);
    free(message);
}

int main(int count, char **arguments) {
    read_scenario();
    char address[64];
    snprintf(address, sizeof address, "127.0.0.1:%s", arguments[1]);
    const char *options[] = {"listening_ports", address, "num_threads", "64", NULL};
    struct mg_callbacks callbacks = {0};
    mg_init_library(0);
    struct mg_context *server = mg_start(&callbacks, NULL, options);
    if (server == NULL) return 1;
    const char *name = "chat.v2";
    struct mg_websocket_subprotocols chat = {1, &name};
    mg_set_websocket_handler_with_subprotocols(server, "/", is("subprotocol") ? &chat : NULL, on_request, on_open,
                                               on_frame, on_close, NULL);
    for (;;) pause();
}
