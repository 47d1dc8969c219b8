# Sends messages back: reads a socket, and feeds the frame parser of Protocol::WebSocket, which joins fragments.
# It leaves Ping and Close to the application.
use strict;
use warnings;
use Protocol::WebSocket::Frame;

# Returns when the connection is closed. $on_message gets each message, and returns what is sent back, if anything, and the
# type of its frame, if that is not the type of the message.
sub receive_until_closed {
    my ($socket, $masked, $octets, $on_message) = @_;
    my $parser = Protocol::WebSocket::Frame->new(max_payload_size => 64 * 1024 * 1024);
    my $is_closing = 0;
    my $send = sub {
        my ($type, $payload) = @_;
        print {$socket} Protocol::WebSocket::Frame->new(
            type => $type, buffer => $payload, masked => $masked, max_payload_size => 0)->to_bytes;
        $socket->flush;
    };
    eval {
        do {
            $parser->append($octets);
            while (defined(my $payload = $parser->next_bytes)) {
                if ($parser->is_close) { $send->('close', $payload) unless $is_closing; return }
                if ($parser->is_ping) { $send->('pong', $payload); next }
                next if $parser->is_pong;
                my ($answer, $type) = $on_message->($payload);
                $type //= $parser->is_binary ? 'binary' : 'text';
                $is_closing = $type eq 'close';
                $send->($type, $answer) if defined $answer;
            }
        } while (sysread($socket, $octets, 65536));
    };
}

1;
