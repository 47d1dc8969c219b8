// Echo server on libwebsockets, with permessage-deflate and its check of UTF-8. A message is collected until its last
// fragment, and sent when the socket is writeable; in between nothing more is read, but over HTTP/2 what has been read
// already still comes, so messages wait in a list. Arguments: the port, and for TLS and HTTP/2 a file with the key and the
// certificate.
#include <libwebsockets.h>
#include <stdlib.h>
#include <string.h>

// The scenario of the interop grid (docs/grid.md), if any. Exit code 127: this program does not know it.
static const char *const SCENARIOS[] = {"open", "text", "binary", "fragmented", "deflate",
                                        "ping", "subprotocol", "close-client", "close-server", NULL};
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

struct message {
    struct message *next;
    size_t length;
    int is_binary;
    unsigned char octets[]; // LWS_PRE octets of room, which the library asks for, then the payload.
};

struct connection {
    struct message *collected;
    struct message *first; // Whole messages, in order.
    struct message *last;
    struct message *sent; // The library may read it until the socket is writeable again.
};

static struct message *collect(struct message *message, const void *in, size_t length) {
    size_t before = message == NULL ? 0 : message->length;
    struct message *longer = realloc(message, sizeof *message + LWS_PRE + before + length);
    if (longer == NULL) abort();
    if (message == NULL) memset(longer, 0, sizeof *longer);
    if (length > 0) memcpy(longer->octets + LWS_PRE + before, in, length);
    longer->length = before + length;
    return longer;
}

static int on_event(struct lws *socket, enum lws_callback_reasons reason, void *user, void *in, size_t length) {
    struct connection *connection = user;
    struct message *message;
    switch (reason) {
    case LWS_CALLBACK_RECEIVE:
        connection->collected = message = collect(connection->collected, in, length);
        if (lws_is_first_fragment(socket)) message->is_binary = lws_frame_is_binary(socket);
        if (lws_is_final_fragment(socket) && is("close-server")) {
            lws_close_reason(socket, 3001, (unsigned char *)"server done", 11);
            return -1;
        }
        if (lws_is_final_fragment(socket)) {
            if (connection->first == NULL) connection->first = message;
            else connection->last->next = message;
            connection->last = message;
            connection->collected = NULL;
            lws_rx_flow_control(socket, 0);
            lws_callback_on_writable(socket);
        }
        return 0;
    case LWS_CALLBACK_SERVER_WRITEABLE:
        free(connection->sent);
        connection->sent = message = connection->first;
        if (message == NULL) return 0;
        connection->first = message->next;
        lws_write(socket, message->octets + LWS_PRE, message->length,
                  message->is_binary ? LWS_WRITE_BINARY : LWS_WRITE_TEXT);
        if (connection->first == NULL) lws_rx_flow_control(socket, 1);
        lws_callback_on_writable(socket);
        return 0;
    case LWS_CALLBACK_CLOSED:
        free(connection->collected);
        free(connection->sent);
        while ((message = connection->first) != NULL) {
            connection->first = message->next;
            free(message);
        }
        return 0;
    default:
        return 0;
    }
}

int main(int count, char **arguments) {
    read_scenario();
    const struct lws_protocols protocols[] = {
        {is("subprotocol") ? "chat.v2" : "default", on_event, sizeof(struct connection), 65536},
        {NULL, NULL, 0, 0},
    };
    const struct lws_extension extensions[] = {
        {"permessage-deflate", lws_extension_callback_pm_deflate, "permessage-deflate"},
        {NULL, NULL, NULL},
    };
    struct lws_context_creation_info options = {0};
    options.port = atoi(arguments[1]);
    options.iface = "127.0.0.1";
    options.protocols = protocols;
    options.extensions = extensions;
    options.options = LWS_SERVER_OPTION_VALIDATE_UTF8;
    if (count > 2) {
        options.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
        options.ssl_cert_filepath = options.ssl_private_key_filepath = arguments[2];
        options.alpn = "h2,http/1.1";
    }
    lws_set_log_level(LLL_ERR, NULL);
    struct lws_context *server = lws_create_context(&options);
    if (server == NULL) return 1;
    while (lws_service(server, 0) >= 0) continue;
    return 1;
}
