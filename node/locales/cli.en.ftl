# Words of the command line: keys begin with `cli-` or `demo-`.

cli-label-default = methodists' room

cli-init-lead = The lead's node is made: { $folder }
cli-init-key-code = Code of the organisation's key, to compare by telephone: { $code }
cli-init-recovery = The network's recovery key. Copy it onto paper and lock it away; it is not kept on this computer:
    { $key }
cli-init-network = The network's id (the relay asks for it): { $network }
cli-init-member = The node is made: { $folder }. Now join with a ticket: svod join TICKET

cli-join-code = Code of your organisation's key: { $code }. Tell it to the lead by telephone: it must see the same.
cli-join-waiting = The request goes to the lead, waiting for the answer…
cli-join-admitted = You are admitted to the network. Start the program: svod serve
cli-join-kept = The request is kept. The lead answers when its node is up; start the program, it waits by itself: svod serve

cli-serving = Svod is running. Close this window or press Ctrl+C to stop it.
cli-open-yourself = The browser did not open. Copy the address above into it.

cli-exchange-done = Exchange done: { $sent } B sent, { $received } B received; without the line's own data { $sent-frames } and { $received-frames } B.

cli-join-written = The request is in { $file }. Hand it to the lead, who answers with a packet: svod packet read FILE
cli-admit-done = Admitted: { $org }. Code of its key, to compare by telephone: { $code }. Hand the file to the newcomer.
cli-packet-written = Written: { $file } ({ $kilobytes } KB)
cli-packet-from = Written by { $org } ({ $node }), { $when }; part { $part } of { $parts }. The signature holds.
cli-packet-read = Taken. New entries: { $new }, here already: { $known }; refused: { $refused }, gaps: { $gaps }.
cli-packet-dry = Nothing was kept. New entries: { $new }, here already: { $known }; to be refused: { $refused }, gaps: { $gaps }.

cli-status-not-admitted = The node is not admitted yet: waiting for the lead's answer.
cli-status-org = Organisation: { $org }
cli-status-code = Control code: { $code }
cli-status-plan = { $title }: { $items ->
    [one] { $items } item
   *[other] { $items } items
}
cli-status-divergences = Divergences: { $count }
cli-status-unconfirmed = Your entries that nobody has received yet: { $count }

cli-relay-set = The relay's address is kept; the others learn it when they exchange.
cli-excluded = The change is excluded; the others learn it when they exchange.

cli-import-done = Loaded. New items: { $added }, updated: { $updated }, unchanged: { $unchanged }; doubts: { $doubts }, lost: { $lost }.
cli-export-done = Written: { $file }
cli-report-done = The report is in { $folder }: report.docx, report.xlsx, report.html

cli-error-output = The result cannot be printed: { $reason }.
cli-error-file-not-found = No such file or folder: { $file }. Check the name.
cli-error-file-denied = No right to use { $file }. Choose another folder.
cli-error-file = { $file } cannot be read or written: { $reason }.
cli-error-disk-full = The disk is full: nothing was written. Free some space and try again.
cli-error-busy = Folder { $folder } is in use: Svod is running. Work in its window, or close it first.
cli-error-no-node = There is no node in { $folder }. Make one: svod init, or join a network: svod join.
cli-error-taken = There is a node in { $folder } already. Name another folder: --data DIR.
cli-error-bad-people = The list of people { $folder } is damaged. Bring it back from a copy, or delete the file and list the people anew.
cli-error-bad-key = Key file { $folder } is damaged. Bring it back from a backup of the folder.
cli-error-no-key = The node's key is missing. Bring the folder keys back from a backup.
cli-error-damaged = The node's database is damaged ({ $what }). Nothing was changed: bring the folder back from a backup, the rest comes with the exchange.
cli-error-from-future = This folder was written by a newer version of Svod. Update the program.
cli-error-database = The node's database does not answer: { $reason }. Close other programs that have it open and try again.
cli-error-no-randomness = The system gives no random numbers, and keys cannot be made without. Restart the computer and try again.

cli-error-not-a-ticket = This is not a ticket: a ticket begins with “svod1”. Copy the lead's whole line.
cli-error-ticket-damaged = The ticket is incomplete or mistyped. Copy the lead's whole line once more.
cli-error-ticket-from-future = The ticket is of a newer version of Svod. Update the program.
cli-error-ticket-malformed = The ticket says what cannot be. Ask the lead for a new one.
cli-error-letter-unreadable = The lead could not read the request. Update the program and join again with a new ticket.
cli-error-letter-other-network = The request came to another network. Ask the lead for a new ticket.
cli-error-letter-unknown-ticket = The lead issued no such ticket, or withdrew it. Ask for a new one.
cli-error-letter-already-used = This ticket has been used. Ask the lead for a new one.
cli-error-letter-name = The ticket is for an organisation of another name. Compare the name with the lead.
cli-error-letter-key = The network has this key already. Join again with a new folder.
cli-error-letter-declined = The lead declined the request. Call the lead.
cli-error-letter-box-full = The relay's letter box is full. Try again later.

cli-error-name-missing = Name the organisation: --name "full name" and --short "short name".
cli-error-name = The name is empty, too long, or more than one line.
cli-error-relay-key = The relay's key is wrong: it is the 64 characters that svod-relay key prints.
cli-error-basis = A basis is one line of at most 500 letters: the kind of document, its date and number.
cli-error-not-lead = Only the lead's node can do this.
cli-error-roster = The roster did not take the statement: { $reason }.
cli-error-no-relay = The relay's address is not known: there is nobody to exchange with. The lead sets it.
cli-error-exchange-timeout = The exchange did not end in time. Try again: what has come is kept.

cli-error-which-org = Name the organisation as the network knows it: --for NAME
    { $orgs }
cli-error-packet = File { $file } was not taken. { $reason }

cli-error-no-plans = There are no roadmaps yet. Load a table: svod import FILE.
cli-error-no-plan = There is no such roadmap.
cli-error-which-plan = There are several roadmaps; choose one: --plan ID
    { $plans }
cli-error-import = File { $file } was not loaded. { $reason }
cli-error-format = The ending of the name says the format: .docx, .xlsx or .csv.
cli-error-period = The period is wrong. A half-year is --half 2022-1; any other --from 2022-01-01 --to 2022-03-31.
cli-error-report = The file could not be made: { $reason }.

cli-error-not-loopback = The pages are served on this computer only: give an address 127.0.0.1.
cli-error-port-in-use = The port is in use: { $address }. Close the other program or name another port: --listen 127.0.0.1:0.
cli-error-listen = Cannot open { $address }: { $reason }.

demo-network = Intermunicipal network “Innovation Search”
demo-org = Methodological centre, { $district } district
demo-basis = network agreement
demo-begin = A network of five centres. Folders of the nodes: { $folder }
demo-relay = The relay runs on this computer, the network is founded.
demo-joined = { $org } has joined
demo-step-import = The lead has loaded four plans from files of Word, Excel and OpenDocument; they have reached everybody
demo-step-executions = The centres have reported execution, each its own
demo-step-apart = Динской and Кореновский have lost their lines
demo-step-edits = Apart, both changed the term of item 4.2; Кореновский deleted 5.2 while Динской added to it
demo-step-merged = The lines are back and the plan has merged: 4.2 waits for a choice, 5.2 is kept
demo-reason-delete = the articles go into collection 5.1
demo-written = Report and summary are in { $folder }
demo-address = { $org }: { $url }
demo-end = Open any of the addresses in a browser. Ctrl+C ends the demo.
demo-error-slow = The nodes did not agree in time: the computer is too busy. Close other programs and try again.
demo-error-relay = The relay did not start: { $reason }.
demo-error-no-site = There is no such centre in the demo.

# Backup and check
cli-backup-with-keys = The backup is written: { $file }. It holds the signing keys: keep it like the organisation's seal.
cli-backup-without-keys = The backup is written: { $file }. It holds no signing keys: without the folder keys no node comes back from it. To write them too: --with-keys.
cli-restored = The node is restored in { $folder }. What it gave to the network after the backup comes back with the exchange. Do not run the former folder any more.
cli-rebuilt = Documents made again: { $documents }. Control code { $code }
cli-check-sound = The log is whole: { $entries } entries verified.
cli-check-entry = { $org }: entry { $seq } does not read (feed { $feed }).
cli-check-chain = { $org }: entry { $seq } does not follow the one before it (feed { $feed }).
cli-check-signature = { $org }: the signature of entry { $seq } is wrong (feed { $feed }).
cli-check-changes = { $org }: the content of entry { $seq } is not what was signed (feed { $feed }).
cli-error-check-healed = The log was damaged. Damaged entries of other organisations are dropped: they come again with the exchange.
cli-error-check-damaged = The log is damaged. Run svod check without --dry-run when Svod is closed.
cli-error-check-own = Entries of this node are damaged: they are not dropped. Restore the node from a backup into a new folder: svod restore.
cli-error-not-a-backup = { $file } is not a backup of Svod.
cli-error-backup-no-keys = The backup holds no signing keys. Name a folder with keys: --keys DIR.
cli-report-frozen = The report is frozen, edition { $edition }
cli-report-signed = The report is signed, edition { $edition }
cli-report-file = The report file is written: { $file }
cli-error-verify = The verification has failed: what is wrong stands above.
cli-error-no-out = Name a folder for the report: --out DIR.
