// Echo server on Ulfius, with permessage-deflate. Argument: the port.
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <ulfius.h>
#include <unistd.h>

// The scenario of the interop grid (docs/grid.md), if any. Exit code 127: this program does not know it.
static const char *const SCENARIOS[] = {"open", "text", "binary", "fragmented", "deflate",
                                        "ping", "subprotocol", "close-client", NULL};
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

static void on_message(const struct _u_request *request, struct _websocket_manager *manager,
                       const struct _websocket_message *message, void *data) {
    if (message->opcode == U_WEBSOCKET_OPCODE_TEXT || message->opcode == U_WEBSOCKET_OPCODE_BINARY)
        ulfius_websocket_send_message(manager, message->opcode, message->data_len, message->data);
}

// The connection lasts as long as this function.
static void on_open(const struct _u_request *request, struct _websocket_manager *manager, void *data) {
    while (ulfius_websocket_wait_close(manager, 50) == U_WEBSOCKET_STATUS_OPEN) continue;
}

static int on_request(const struct _u_request *request, struct _u_response *response, void *data) {
    const char *subprotocol = is("subprotocol") ? "chat.v2" : NULL;
    ulfius_add_websocket_deflate_extension(response);
    const int result =
        ulfius_set_websocket_response(response, subprotocol, NULL, on_open, NULL, on_message, NULL, NULL, NULL);
    return result == U_OK ? U_CALLBACK_CONTINUE : U_CALLBACK_ERROR;
}

int main(int count, char **arguments) {
    read_scenario();
    struct _u_instance server;
    struct sockaddr_in address;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_port = htons(atoi(arguments[1]));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ulfius_init_instance(&server, atoi(arguments[1]), &address, NULL);
    ulfius_add_endpoint_by_val(&server, "GET", "/", NULL, 0, on_request, NULL);
    if (ulfius_start_framework(&server) != U_OK) return 1;
    for (;;) pause();
}
