// Echo server on libwebsockets, with permessage-deflate and its check of UTF-8. A message is collected until its last
// fragment, and sent when the socket is writeable; in between nothing more is read. Arguments: the port, and for TLS and
// HTTP/2 a file with the key and the certificate.
#include <libwebsockets.h>
#include <stdlib.h>
#include <string.h>

struct message {
    unsigned char *octets; // LWS_PRE octets of room, which the library asks for, then the payload.
    size_t length;
    int is_binary;
    int is_complete;
};

static int on_event(struct lws *connection, enum lws_callback_reasons reason, void *user, void *in, size_t length) {
    struct message *message = user;
    switch (reason) {
    case LWS_CALLBACK_RECEIVE:
        if (lws_is_first_fragment(connection)) message->is_binary = lws_frame_is_binary(connection);
        message->octets = realloc(message->octets, LWS_PRE + message->length + length);
        if (length > 0) memcpy(message->octets + LWS_PRE + message->length, in, length);
        message->length += length;
        if (lws_is_final_fragment(connection)) {
            message->is_complete = 1;
            lws_rx_flow_control(connection, 0);
            lws_callback_on_writable(connection);
        }
        return 0;
    case LWS_CALLBACK_SERVER_WRITEABLE:
        if (!message->is_complete) return 0;
        lws_write(connection, message->octets + LWS_PRE, message->length,
                  message->is_binary ? LWS_WRITE_BINARY : LWS_WRITE_TEXT);
        free(message->octets);
        memset(message, 0, sizeof *message);
        lws_rx_flow_control(connection, 1);
        return 0;
    case LWS_CALLBACK_CLOSED:
        free(message->octets);
        return 0;
    default:
        return 0;
    }
}

int main(int count, char **arguments) {
    const struct lws_protocols protocols[] = {
        {"default", on_event, sizeof(struct message), 65536},
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
