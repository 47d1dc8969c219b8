;;; Walks through the cases of the tester with websocket.el. Argument: the tester's address.  -*- lexical-binding: t -*-
(defvar url (pop command-line-args-left))

(defun visit (path on-message)
  "Connect, and return when the connection is closed or could not be opened."
  (let* ((closed nil)
         (socket (ignore-errors
                   (websocket-open (concat url path)
                                   :on-message on-message
                                   :on-error #'ignore
                                   :on-close (lambda (_) (setq closed t))))))
    (while (and socket (not closed))
      (accept-process-output nil 0.1))))

(let ((count 0))
  (visit "/getCaseCount" (lambda (_ frame) (setq count (string-to-number (websocket-frame-text frame)))))
  (dotimes (index count)
    (visit (format "/runCase?case=%d&agent=websocket.el" (1+ index)) #'echo))
  (visit "/updateReports?agent=websocket.el" #'ignore))
