# Walks through the cases of the tester with Mojo::UserAgent. The event `text` has octets, and leaves UTF-8 to the
# application. Argument: the tester's address.
use Mojo::Base -strict, -signatures;
use Mojo::IOLoop;
use Mojo::UserAgent;

my $url = $ARGV[0];
my $ua  = Mojo::UserAgent->new;

# Connects, and returns when the connection is closed or could not be opened.
sub visit ($path, $on_text, $on_binary) {
  $ua->websocket(
    "$url$path" => sub ($ua, $tx) {
      return Mojo::IOLoop->stop unless $tx->is_websocket;
      $tx->max_websocket_size(64 * 1024 * 1024);
      $tx->on(text   => $on_text);
      $tx->on(binary => $on_binary);
      $tx->on(finish => sub { Mojo::IOLoop->stop });
    }
  );
  Mojo::IOLoop->start;
}

sub echo_text   ($tx, $octets) { $tx->send({text   => $octets}) }
sub echo_binary ($tx, $octets) { $tx->send({binary => $octets}) }

sub ignore { }

my $count = 0;
visit('/getCaseCount', sub ($tx, $text) { $count = $text }, \&ignore);
visit("/runCase?case=$_&agent=Mojo", \&echo_text, \&echo_binary) for 1 .. $count;
visit('/updateReports?agent=Mojo', \&ignore, \&ignore);
