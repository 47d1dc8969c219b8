;;; Echo server on websocket.el. Argument: the port.  -*- lexical-binding: t -*-
(websocket-server (string-to-number (pop command-line-args-left))
                  :host "127.0.0.1"
                  :on-message #'echo
                  :on-error #'ignore)

(while t (accept-process-output nil 60))
