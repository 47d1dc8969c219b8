# Echo server on Protocol::WebSocket; a process for each connection. Argument: the port.
use strict;
use warnings;
use IO::Socket::INET;
use Protocol::WebSocket::Handshake::Server;
require './echo.pl';

$SIG{CHLD} = 'IGNORE';
my $server = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $ARGV[0], Listen => 128, ReuseAddr => 1) or die $!;
while (1) {
    my $socket = $server->accept or next;
    if (!fork) {
        serve($socket);
        exit;
    }
    close $socket;
}

sub serve {
    my ($socket) = @_;
    my $handshake = Protocol::WebSocket::Handshake::Server->new;
    while (!$handshake->is_done) {
        sysread($socket, my $octets, 65536) or return;
        if (!$handshake->parse($octets)) {
            print {$socket} "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
            return;
        }
        # What the handshake has not taken stays in $octets.
        next unless $handshake->is_done;
        print {$socket} $handshake->to_string;
        $socket->flush;
        receive_until_closed($socket, 0, $octets, sub { $_[0] });
    }
}
