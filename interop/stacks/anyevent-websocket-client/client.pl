# Walks through the cases of the tester with AnyEvent::WebSocket::Client. Argument: the tester's address.
use strict;
use warnings;
use AnyEvent;
use AnyEvent::WebSocket::Client;

my $url    = $ARGV[0];
my $client = AnyEvent::WebSocket::Client->new(
    max_payload_size => 64 * 1024 * 1024,
    max_fragments    => 100_000,
);

# Connects, and returns when the connection is closed or could not be opened.
sub visit {
    my ($path, $on_message) = @_;
    my $closed = AE::cv;
    my $connection;
    $client->connect("$url$path")->cb(
        sub {
            $connection = eval { shift->recv } or return $closed->send;
            $connection->on(each_message => sub { my ($it, $message) = @_; $on_message->($it, $message) });
            $connection->on(finish       => sub { $closed->send });
        }
    );
    $closed->recv;
}

my $count = 0;
visit('/getCaseCount', sub { my ($connection, $message) = @_; $count = $message->body });
for my $number (1 .. $count) {
    visit("/runCase?case=$number&agent=AnyEvent", sub { my ($connection, $message) = @_; $connection->send($message) });
}
visit('/updateReports?agent=AnyEvent', sub { });
