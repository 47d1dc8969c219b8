# Walks through the cases of the tester with the websocket package of Tcllib. Argument: the tester's address.
package require websocket
::websocket::loglevel critical

set url [lindex $argv 0]

# Connects, and returns when the connection is closed or could not be opened.
proc visit {path on_message} {
    ::websocket::open $::url$path [list on_event $on_message]
    vwait ::closed
}

proc on_event {on_message socket type message} {
    switch $type {
        text - binary {{*}$on_message $socket $type $message}
        disconnect - error - timeout {set ::closed 1}
    }
}

proc take_count {socket type message} {set ::count $message}
proc echo {socket type message} {::websocket::send $socket $type $message}

visit /getCaseCount take_count
for {set number 1} {$number <= $count} {incr number} {
    visit /runCase?case=$number&agent=Tcllib echo
}
visit /updateReports?agent=Tcllib echo
