# Words of the pages. Keys are grouped by page; what several pages use stands first.

## Frame

app-name = Svod
language-name = English
skip-to-content = Skip to the content
nav-label = Sections
nav-today = Today
nav-today-count = { $n ->
    [one] { $n } new change
   *[other] { $n } new changes
}
nav-plans = Roadmaps
nav-divergences = Divergences
nav-divergences-count = { $n ->
    [one] { $n } divergence
   *[other] { $n } divergences
}
nav-report = Report
nav-network = Network
print = Print
save = Save
cancel = Cancel
choose = Choose
restore = Restore
assign = set
you = you
and-more = and { $n } more
live-note = The exchange brought changes
saving = Saving…
saved-at = Saved at
save-failed = Not saved: the program does not answer. The text is still on the page; check that Svod runs, then try again.

## The line of the exchange

foot-label = Exchange
foot-exchange = Exchange:
foot-never = No exchange yet
foot-no-line = No connection.
foot-silent-days = No connection for { $n ->
    [one] { $n } day
   *[other] { $n } days
}
foot-unconfirmed = Your changes nobody has yet:
foot-nothing-unconfirmed = Somebody has all your changes
foot-complete = Have everything: { $names }
foot-exchange-now = Exchange now
foot-code = Network code
fresh-complete = has everything
fresh-as-of = as of { $date }
fresh-never = never connected yet
fresh-me = this node
fresh-lacks = lacks changes of yours: { $n }
fresh-newest = newest change: { $when }

## Dates

month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
month-name-1 = January
month-name-2 = February
month-name-3 = March
month-name-4 = April
month-name-5 = May
month-name-6 = June
month-name-7 = July
month-name-8 = August
month-name-9 = September
month-name-10 = October
month-name-11 = November
month-name-12 = December
month-short-1 = Jan
month-short-2 = Feb
month-short-3 = Mar
month-short-4 = Apr
month-short-5 = May
month-short-6 = Jun
month-short-7 = Jul
month-short-8 = Aug
month-short-9 = Sep
month-short-10 = Oct
month-short-11 = Nov
month-short-12 = Dec
date-long = { $day } { $month } { $year }
date-year = { $day } { $month } { $year }
date-short = { $day } { $month }
date-narrow = { $day } { $month }
date-narrow-year = { $number }.{ $year }
when-today = today at { $time }
when-yesterday = yesterday at { $time }
when-moment = { $date } { $time }
when-moment-year = { $date }, { $time }

## Fields and values

field-number = Number
field-title = Activity
field-form = Form
field-term = Term
field-audience = Audience
field-responsible = Responsible
field-result = Expected result
field-section = Section
field-order = Place in the section
field-task = Task
field-organisations = Organisations
field-municipalities = Municipalities
field-note = Note
plan-field-title = Title
plan-field-period = Period
plan-field-form = Printed form
plan-field-approval = Who approves
execution-status = Execution
execution-date = Date
execution-result = Result and evidence
execution-comment = Remark
place-row = Item
status-planned = planned
status-in-progress = under way
status-done = done
status-partially = done in part
status-moved = moved
status-cancelled = cancelled
status-not-applicable = not needed
value-empty = empty
item-numbered = item { $number }
item-titled = “{ $title }”
seal = signature valid
seal-proof = Node “{ $node }”, entry { $seq }, fingerprint { $entry }

## Lights

light-overdue = overdue
light-soon = due within 14 days
light-running = under way
light-not-due = not due for long
light-moved = moved
light-partially = done in part
light-done-without-evidence = done, no result given
light-done = done, with its result
light-undated = no term
light-on-request = on request or after another event
light-not-applicable = not needed
light-cancelled = cancelled
lamp-overdue = overdue
lamp-soon = soon
lamp-running = running
lamp-not-due = not due
lamp-moved = moved
lamp-partially = in part
lamp-done-without-evidence = done
lamp-done = done
lamp-undated = no term
lamp-on-request = on request
lamp-not-applicable = not needed
lamp-cancelled = cancelled
lamp-dated-overdue = since { $date }
lamp-dated-soon = by { $date }
lamp-dated-running = running
lamp-dated-not-due = { $date }
lamp-dated-moved = to { $date }
lamp-dated-partially = in part
lamp-dated-done-without-evidence = { $date }
lamp-dated-done = { $date }
lamp-dated-undated = no term
lamp-dated-on-request = on request
lamp-dated-not-applicable = not needed
lamp-dated-cancelled = cancelled
legend-word-overdue = since 5 Mar
legend-word-soon = by 31 Mar
legend-word-running = running
legend-word-not-due = 10.2022
legend-word-moved = to 21 Apr
legend-word-partially = in part
legend-word-done-without-evidence = 15 Mar
legend-word-done = 15 Mar
legend-word-undated = no term
legend-word-on-request = on request
legend-word-not-applicable = not needed
legend-word-cancelled = cancelled
legend = What the signs mean
legend-hint = Press an item: its card appears here.

## What was understood of a term

term-understood = Understood as
term-nothing = nothing understood
term-also = and { $demand }
term-range = { $from } – { $to }
term-month-year = { $month } { $year }
term-quarter = quarter { $quarter } of { $year }
term-year = during { $year }
term-years = { $from }–{ $to }
term-academic-year = academic year { $from }/{ $to }
term-monthly = every month
term-quarterly = every quarter
term-yearly = every year
term-yearly-in = every year: { $months }
term-throughout = as long as the plan runs
term-relative = after each event of the plan
term-deadline = by { $date }
term-since = from { $date } on
term-since-year = { $year }
term-undated = no term
term-on-request = on request
term-as-needed = as needed
term-instances = { $n ->
    [one] { $n } day
   *[other] { $n } days
} within the plan's period; the next ones: { $next }
term-instances-past = { $n ->
    [one] { $n } day
   *[other] { $n } days
} within the plan's period, all of them past
term-repeated = { $month } is named twice
term-repeated-meant = { $month } is named twice; perhaps { $meant }
term-out-of-order = { $month } is out of order
term-outside-window = { $from } – { $to }: outside the plan's period
term-outside-window-month = { $month }: outside the plan’s period
term-year-guessed = no year given; taken as { $month }
term-not-understood = not understood: “{ $text }”

## Today

today-title = Today, { $date }
today-late = { $n ->
    [one] { $n } item is overdue.
   *[other] { $n } items are overdue.
}
today-none-late = Nothing is overdue.
today-soon = { $n ->
    [0] Nothing is due within two weeks.
    [one] { $n } item is due within two weeks.
   *[other] { $n } items are due within two weeks.
}
today-news = { $n ->
    [0] The network changed nothing.
    [one] The network made { $n } change.
   *[other] The network made { $n } changes.
}
today-due = Overdue and within two weeks
today-due-none = Nothing is due within two weeks.
today-waiting = Waiting for you
today-all-waiting = All divergences: { $n }
today-changed = What changed without you
today-changed-none = Nothing new.
today-undated = Without a term
today-on-demand = On request
today-no-plan = No plan yet
today-no-plan-text = Load a roadmap from Word, Excel or CSV in “Roadmaps”, or wait for the first exchange: the network's plans come by themselves.
due-was = was { $date }
due-by = by { $date }
waiting-field = { $n ->
    [one] One variant of “{ $field }”, { $item }
   *[other] { $n } variants of “{ $field }”, { $item }
}
waiting-row = A deletion and an edit, { $item }
news-read = Mark as read

## Changes in words

news-field = { $field }, { $item }: { $value }
news-plan-field = { $field } of the plan ({ $item }): { $value }
news-execution = { $field }, { $item }: { $value }
news-added = Added { $item }
news-added-many = A table was loaded: { $rows ->
    [one] { $rows } row
   *[other] { $rows } rows
}
news-deleted = Deleted { $item }
news-restored = Restored { $item }
news-edit-kept = Kept { $item }
news-edit-kept-why = it was deleted by somebody who had not seen an edit; the edit kept it, you decide
news-was = was: { $value }
news-diverged = another value stands beside it: both are kept
news-settled = divergence settled
history = History
history-field = { $field }: { $value }
history-execution = { $field }: { $value }
history-added = Item added
history-deleted = Item deleted
history-restored = Item restored
history-edit-kept = Item kept by an edit

## Roadmaps

plans-sub = The network's plans. Everybody edits; the exchange merges.
plans-import = Load a table
plans-empty = No roadmap yet
plans-empty-text = Load the approved table from Word, Excel or CSV. You see what was recognised before anything is written, and nothing gets lost.
plans-title = Roadmap
plans-sections = Sections
plans-items = Items
plan-items = { $n ->
    [one] { $n } item
   *[other] { $n } items
}
plan-rename = Title and period
plan-approval-hint = Post and organisation as in the block “APPROVED”, a line each. Empty: the block is not printed.
tabs-label = Views of the plan
tab-table = Table
tab-members = By municipality
to-word = Word
to-excel = Excel
column-number = No.
column-title = Activity
column-term = Term
column-audience = Audience
column-responsible = Responsible
column-title-and-term = Activity and term
column-form = Form
column-task = Task
column-result = Result
column-organisations = Organisations
column-municipalities = Municipalities
column-note = Note
section-untitled = No section
cell-empty = —
sheet-keys = Enter edits, Esc cancels, Tab goes on, arrows move about the table.
row-contested = was deleted
progress = { $done } of { $all } done
panel-label = Card of the item
panel-close = Close the card
deleted-rows = { $n ->
    [one] { $n } deleted item
   *[other] { $n } deleted items
}
deleted-because = reason: { $reason }
fork = two variants
fork-said = Variants: { $n }. All are kept, one has to be chosen.

## Items

card-number = Item { $number }
item-open = Open the card
item-add = Add an item
item-add-sub = It will stand at the end of the section.
item-add-now = Add
item-edit = Edit all fields
item-edit-title = Edit the item
item-edit-sub = Only the fields you change are written.
item-delete = Delete the item…
item-delete-reason = Why
item-delete-hint = It can be brought back with one button. If somebody edited it offline meanwhile, the edit keeps it.
item-delete-now = Delete
item-more-fields = Other columns
execution-own = Ours
execution-others = Others
execution-others-hint = Each organisation reports its own execution; nobody else can change it.

## Divergences

divergences-sub = Changes made without a connection to each other. Nothing is lost: choose what stays.
divergences-empty = No divergences
divergences-empty-text = All changes merged by themselves. When two people change the same thing offline, the choice appears here.
divergences-theirs = Others decide
fork-heading = { $n ->
    [one] { $field }: { $n } variant
   *[other] { $field }: { $n } variants, choose one
}
fork-stands = stands in the plan now
fork-keep = Keep
fork-take = Take
fork-own = Write your own…
fork-own-save = Write
fork-why = The authors wrote without seeing each other. Until somebody chooses, all nodes show the same variant: the order of changes picks it, not the clocks.
fork-not-yours = The organisation keeps these facts itself; it decides.
contested-heading = The item was deleted, and it stayed
contested-item = { $item } was deleted and edited at the same time
contested-deleted = Deleted by: { $who }. Reason: { $reason }.
contested-edited = Edited without knowing: { $who }.
contested-why = An edit is stronger than a deletion that had not seen it: the item stays. You decide.
contested-keep = Keep the item
contested-delete = Delete
conflict-title = The field was changed while you wrote
conflict-sub = Nothing is lost. The other fields are written; this one needs a choice.
conflict-now = Stands there now
conflict-typed = You wrote
conflict-keep = Keep what stands
conflict-write = Write mine

## Network

network-sub = { $n ->
    [one] { $n } member
   *[other] { $n } members
}
network-members = Members
network-member = Organisation, nodes, basis
network-fresh = What it has
network-key = Key code
network-key-hint = Compare the key code by telephone once: if it matches, it is really them.
network-lead = leads the network
network-me = this is you
network-code-hint = Everybody who has everything shows the same code. Compare it by telephone.
network-relay = Relay
network-no-relay = None: exchange goes by files only.
network-traffic = Exchange since the program was started: received { $received }, sent { $sent }
network-traffic-hint = What a metered line counts; without the line's own data received { $received }, sent { $sent }.
kilobytes = { $n } KB
network-relay-hint = It stores and passes on signed entries; it cannot change them.
invite-title = Invite an organisation
invite-name = Name
invite-name-example = Methodological centre, Tikhoretsk district
invite-basis = Basis
invite-basis-example = Network agreement of 29.03.2021
invite-now = Make an invitation
invite-hint = It is a text. Hand it over in person or by telephone: it admits to the network.
ticket-title = Invitation: { $name }
ticket-text = Hand this text to the organisation. It is pasted at the first start of Svod on its computer.
ticket-label = Text of the invitation
ticket-hint = The text is not shown again.
copy = Copy
copied = Copied
held-title = Changes that are not applied
held-hint = They are kept in the log and are not lost; everything else is accepted.
held-dependencies = The change waits for others that have not arrived yet.
held-seq-taken = A node contradicts itself: another change of it stands. This one waits for the lead's decision.
held-endangers = The change endangers its document and is not applied: it waits for the lead's decision.
held-stranded = The change rests on one that is excluded or dangerous: it waits for the lead's decision.
held-newer = A newer version of the program made the change: update the program.
held-refused = The change breaks its document's structure and is refused.
held-excluded = The lead has excluded this change.
held-late = Written after leaving: is applied if the lead raises the bound.
held-unknown-plan = a document that is not here yet
held-sheet = execution, { $org }: { $plan }
held-change = change { $hash }
held-exclude = Exclude the change
held-basis = Basis
held-exclude-now = Exclude for ever
held-exclude-hint = The change leaves everybody's documents and cannot be brought back. Exclude what keeps nodes from working; simply correct a wrong value.
incidents = What was not accepted
incidents-none = All received entries are signed and accepted.
incident-subject = entry { $subject }
incident-bad-signature = An entry with a wrong signature was refused; your data did not change.
incident-fork = A node contradicts itself: its new entries are not accepted until the lead decides.
incident-own-branch = The folder was restored from a backup or copied. Entries that the network did not have: { $count }; what they said was written again.
incident-own-branch-kept = Some edits of a restored or copied folder could not be written again: they are kept on this computer.
incident-no-right = An entry was refused: its author has no right to it.
incident-late = Written after the organisation left or the computer was closed: kept and not applied. The lead can accept it.
incident-roster-fork = Two different statements on the network's roster have one number. What stood before them holds; work goes on. Only the lead's paper key can settle it.
incident-roster-settled = A contradiction in the network's roster was settled by the lead's paper key; the other statement does not stand.
incident-roster-rewritten = Statements on the network's roster were replaced by the lead's paper key. Entries written under the former ones: { $count }; they were taken out, and each node has written its own again.
incident-held = A change endangers its document and is not applied: it waits for the lead's decision.
incident-malformed = A damaged entry was refused; your data did not change.

## Import

import-title = Load a table
import-sub = Word (.docx), Excel (.xlsx, .xls), OpenDocument (.ods, .odt) or CSV. Nothing is written until you press “Load”.
import-choose = Drop a file here or choose one
import-read = See what is recognised
import-limit = Up to { $megabytes } MB. Open an old .doc in Word and save it as .docx.
import-preview = What was recognised
import-rows = items recognised
import-sections = sections
import-lost = lost
import-now = Load
import-again = Choose another file
import-gone = This file is no longer in memory. Choose it again.
import-no-file = Choose a file.
import-done = Loaded: { $added } new, { $updated } updated, { $unchanged } unchanged.
import-note = Loading the same file again updates the items and does not double them.
import-doubtful = with doubts
import-outside = Beside the table: { $n }
import-open = Open the roadmap
import-preview-sub = Nothing is written yet. Tick the proposals that you agree to and press “Load”.
import-several = Plans in the file: { $n }. Those that are ticked will be loaded.
import-none-chosen = No plan is ticked, nothing was loaded.
doubt-empty = empty
doubt-glued = glued from two rows, the second is { $row }
doubt-displaced = cells are displaced; the last was taken for the last column
doubt-unmapped = there is no such column; the text goes to the note: “{ $text }”
doubt-merged-down = taken from the merged cell above
doubt-no-number = no number
doubt-repeated-number = this number is there already
doubt-lookalike = “{ $found }” in Latin letters; perhaps “{ $proposal }”
doubt-unbalanced = a quotation mark or bracket has no pair
doubt-composite = lists { $n } activities ({ $items })
doubt-composite-paired = lists { $n } activities, each with its term ({ $items })
doubt-markup = the cell held remnants of a web page; its text without them was taken
refused-empty = The file is empty. Check that it is the right one.
refused-too-large = The file is larger than { $megabytes } MB. Save it without pictures.
refused-bounds = The file holds too much for a roadmap. Leave one table in it.
refused-encrypted = The file has a password. Take it off and save again.
refused-old-word = This is an old format of Word. Open the file and save it as .docx.
refused-old-excel = This is a binary format of Excel (.xlsb or a very old one). Open the file and save it as .xlsx.
refused-pdf = A PDF has no tables to take. The original Word or Excel file is needed.
refused-unknown = This is not Word, Excel, OpenDocument or CSV. Choose a file with the table of a plan.
refused-damaged = The file is damaged. Open it in Word or Excel and save it again.
refused-no-table = There is no roadmap's table in the file.
refused-no-header = The columns of none of the forms of plans were found: “Мероприятие” (“Содержание”, “Тема”) and “Срок” with who, for whom or the result are needed. The row most like them: “{ $seen }”.
refused-no-rows = The table has a header but not a single row. Fill the table or choose another file.
refused-too-many-items = The table has { $items } rows, and a plan holds { $max } at most. Split the table into several files.
refused-long-cell = A cell of row { $row } has { $letters } characters: no cell holds so many. Spread the text over rows or move it to an annex.

## Report

report-page-sub = This is how the report will print.
report-period = Period
report-show = Show
report-proof = Where a figure comes from
report-proof-hint = Press the number beside a status in the table: the signed entry it comes from appears here.
report-other-dates = Other dates…
report-from = From
report-to = To
report-no-plan = There is nothing to report on yet
report-no-plan-text = Load a roadmap or wait for an exchange: the report is made of what members say of its items.
report-in-title = Who is in the report
report-in-count = Data of { $n } municipalities of { $all }
report-in-statuses = statuses: { $n }
proof-node = Node
proof-when = When
proof-entry = Entry
proof-feed = Feed
proof-hash = Fingerprint
proof-none = This node has no signed entry for it.

## People at one computer

people-title = Who is at the computer
people-sub = If several people work at this computer, list their posts here: the history will show who wrote what.
people-list = The list
people-empty = Nobody is listed
people-empty-text = Svod opens without asking, and edits carry your organisation alone. You can leave it so.
people-add = Add
people-add-now = Add
people-label = Post
people-label-example = methodist
people-label-hint = A post, not a name: this label travels with the edits to every organisation of the network.
people-pin = PIN
people-pin-again = The PIN again
people-pin-hint = May stay empty: one press lets in then. With a PIN, Svod locks after 15 minutes without use.
people-has-pin = enters with a PIN
people-has-no-pin = without a PIN
people-me = you now
people-remove = Remove
people-change = Change
people-who = Who is working?
people-enter = Enter
people-forgotten = Forgot the PIN? A colleague on the list can remove your line and add you again. If there is none, the handbook says what to do.
people-locked = Svod is locked: nobody is at the computer
people-locked-text = Open Svod in another tab, enter, and save again: what you wrote is still on this page.
people-pins-differ = The PINs differ. Type the same one twice.
people-refused-label = Write a post of 1 to 60 characters.
people-refused-taken = There is such a line already. Say more, for example “methodist, room 2”.
people-refused-pin = The PIN is too short or too long: { $n } to 64 characters are needed.
people-refused-many = No more than twenty people fit one computer. Remove those who no longer work here.
people-refused-nobody = This line is gone. Reload the page.
people-refused-wrong = The PIN does not fit.
people-refused-wait = Too many wrong PINs. Wait { $n } s and try again.
people-refused-file = Not written: the disk did not answer. Free some space and try again.

## Errors and the door

error-home = To the first page
error-not-found = There is no such page
error-not-found-text = Perhaps the item was deleted or the link is out of date.
error-bad-form = The form is not complete
error-bad-form-text = Go back: what you wrote is still on the page. Check the required fields.
error-node = That did not work
error-store = The database did not answer. Close other windows of Svod and try again; nothing is lost.
error-unwritten = The file was not made. Try again, or another format.
error-too-large = The file is too large
error-too-large-text = So much is not accepted. Split the file or save it without pictures.
door-closed = Open Svod again
door-closed-text = This address opens from the program only: start Svod by its icon or by the command “svod open”.
door-foreign = Request refused
door-foreign-text = It did not come from a page of Svod. If you were opening Svod, close the tab and start it again.
door-stale = The page is out of date
door-stale-text = Svod was restarted while the page was open. Go back, copy what you wrote and reload the page.

# Why something was not done, and what to do
error-closed = Svod is closing. Open it again; what was typed is kept.
error-disk-full = The disk is full: nothing was written. Free some space and try again.
error-damaged = The node's database is damaged. Close Svod and bring the folder back from a backup.
error-from-future = This folder was written by a newer version of Svod. Update the program.
error-database = The database did not answer. Close other windows of Svod and try again; nothing is lost.
error-no-plan = There is no such roadmap: the link may be old.
error-no-row = There is no such item: the link may be old.
error-no-change = There is no such change in this node's log.
error-newer-rules = The network follows new rules that this version does not know. Update Svod; everything can still be read.
error-too-long = The text is too long. Shorten or split it.
error-not-yours = Only the organisation itself can change this.
error-not-lead = Only the lead's node can do this.
error-name = The name is empty, too long, or more than one line.
error-roster = The roster did not take the statement. Try again; if it does not help, update the program.
error-not-admitted = The node is not admitted yet: waiting for the lead's answer.
error-refused = Not accepted: your organisation has no right to write this.
error-not-written = Not written. Try again; what you typed is still on the page.
trouble-unreachable = The relay does not answer. Check the line; Svod tries again by itself.
trouble-other-key = Somebody else answers at the relay's address. Do not go on, and call the lead.
trouble-other-protocol = Another program or version answers at the relay's address. Update Svod or call the lead.
trouble-refused = The relay does not take this node: the roster of this network does not know it. Call the lead.
trouble-no-room = The relay's disk is full, so your latest changes are on this computer only. What others wrote still comes. Call the lead.
trouble-over-quota = Your organisation has sent as much as the relay takes, so your latest changes are on this computer only. Call the lead.
trouble-closed = The relay has closed the connection. Svod tries again by itself.
trouble-protocol = Relay and Svod did not understand each other. Update the program.
trouble-local = This computer cannot connect. Start Svod again.
incident-closed = The entry was written after its organisation or node had left; it was not accepted.
incident-change-refused = A change breaks its document's structure and was not applied; the rest was accepted.

# Exchange by file

packet-title = Exchange by file
packet-hint = A flash drive or an e-mail instead of a line. A file may be taken twice and in any order.
packet-for = For whom
packet-for-all = For everybody
packet-write = Write to a flash drive
packet-read = Take a file
packet-file = A .svod file; choose all parts at once
packet-preview = What the file holds
packet-preview-sub = Nothing is written before you press “Take”.
packet-again = Choose another file
packet-accept = Take
packet-from = Written by
packet-when = When
packet-to = For whom
packet-part = Part
packet-part-of = { $part } of { $parts }
packet-signature = Signature
packet-signed = Holds: the file is whole and was written by a node of the network's roster
packet-new = new entries
packet-known = here already
packet-refused = to be refused
packet-missing = gaps
packet-members-new = new roster statements: { $n }
packet-changes = What will change
packet-changes-none = Nothing: you have everything that is in the file.
packet-changed = What has changed
packet-gap = Entries { $first }–{ $last } are missing: { $org }. Ask the sender for another file for you, or take the one before.
packet-done = Taken: { $n } new entries.
packet-done-back = To the page “Network”
packet-gone = This file is no longer in memory. Choose it again.
packet-no-file = Choose a file.
packet-too-many = It does not fit one file. Write it in parts with svod packet write.
packet-error-no-org = There is no such organisation in the network: perhaps the page is out of date.
packet-error-too-much = There are more entries than packets hold. Exchange over a line.
packet-error-too-large = The file is too large to be a packet.
packet-error-not-a-packet = This is not a packet. What is needed is a .svod file that Svod has written.
packet-error-from-future = The file was written by a newer version of Svod. Update the program.
packet-error-damaged = The file was damaged or changed on its way: the signature does not hold. Ask for it again.
packet-error-other-network = This file belongs to another network.
packet-error-unknown-sender = The file was written by a node that is not in the roster. Do not use it, and tell the lead.
packet-error-roster-gap = The file lacks the beginning of the network's roster, and so do you. Ask the lead for a file for you.
packet-error-roster = The roster in the file is not the one that you have. The file was not taken; tell the lead.
packet-error-pack = The file is signed, but cannot be read. Update the program.
packet-error-not-the-tickets = The roster is not the one that the ticket was issued under. The file was not taken; telephone the lead.
form-a = Plan: task, event, term, result
form-b = Interaction: form, theme, organisations
form-c = Roadmap: content, form, addressee, date
form-d = Roadmap: event, term, audience
form-d-short = Roadmap, short heads
print-and-files = Print and files
print-title = Print and files
print-sub = This is how the table lies on A4. Terms and texts word for word.
print-forms = Printed forms
agree-split = split into items: { $n }
agree-replace = replace

tab-check = Check
check-nothing = No questions about this plan
check-nothing-text = Terms, results and names do not contradict each other.
check-sub = Questions: { $n }. Mend the item or answer “as it should be” with a reason: the question leaves the list until the text changes.
check-accepted = As it should be: { $n }
check-because = As it should be: { $reason }
check-accept = As it should be
check-reason = Why
check-accept-now = Note
check-again = Ask again
field-accepted = Answers to questions of the check
reason-import = a table was loaded
reason-undo = an action was undone
reason-copy = a copy of a plan
lint-repeated-month = { $found } is named twice; perhaps { $other }
lint-repeated-month-bare = { $found } is named twice
lint-months-out-of-order = { $found } is out of order
lint-before-plan = “{ $found }” lies before the plan’s period
lint-after-plan = “{ $found }” lies after the plan’s period
lint-term-not-understood = not understood: “{ $found }”
lint-result-of-another-event = speaks of another event: “{ $found }”
lint-other-year = { $found }, and its neighbours { $other }
lint-same-event-elsewhere = is it one event? { $other }
lint-order-after-work = the document “{ $found }”, and the work begins before it or in the same month: { $other }
lint-two-spellings = “{ $found }” and “{ $other }”: are they one?
lint-outside-executor = a municipal event, carried out by { $found }. Is it so?
lint-unknown-abbreviation = “{ $found }” is not spelled out
lint-form-differs = “{ $found }”, and the text says another: “{ $other }”
lint-no-term = none
lint-nobody-responsible = nobody
lint-no-audience = none
lint-name-repeated-month = Repeated month
lint-name-months-out-of-order = Order of months
lint-name-before-plan = Before the period
lint-name-after-plan = After the period
lint-name-term-not-understood = Term not understood
lint-name-result-of-another-event = Result of another event
lint-name-other-year = Another year
lint-name-same-event-elsewhere = Event in another plan
lint-name-order-after-work = Document after the work
lint-name-two-spellings = Two spellings
lint-name-outside-executor = Outside executor
lint-name-unknown-abbreviation = Abbreviation
lint-name-form-differs = Form
lint-name-no-term = No term
lint-name-nobody-responsible = Nobody responsible
lint-name-no-audience = No audience
search-title = Search
search-label = Search all plans
search-short = Search
search-shortcut = Search all plans (Ctrl+K)
search-placeholder = A word in any form, a number, a result
search-now = Find
search-hint = Looks through titles, terms, who is responsible and what was reported in all plans. Forms of words, “ё” and case do not matter.
search-nothing = Nothing for “{ $query }”. Try one word or its beginning.
search-found = Found: { $n }.
search-keys = Arrows move through the list, Enter opens.
search-cut = The first hundred are shown. Add a word.
search-plan = plan
search-section = section
undo-title = Undo the last
undo-back = Back
undo-nothing = Nothing to undo
undo-nothing-text = Nothing has been changed from this computer yet.
undo-now = Undo this
undo-hint = What stood before comes back. Both actions stay in the history.
undo-may-not = This cannot be undone: the place was changed again since, or a table was loaded. Mend the field or delete the item.
error-moved = It cannot be undone any more: the place was changed since. Look at the history of the item.

tab-scale = Scale
scale-own = Ours
scale-hint = ■ is the month in which it is due, ▬ is under way. The column of this month is marked.
scale-due = due
scale-runs = under way
scale-undated = Without a date
week-title = Control sheet for the week
week-sub = What is overdue and what is due within seven days, on one sheet of A4.
week-heading = Control sheet: { $from } – { $to }
week-mark = Mark
week-nothing = Nothing is due this week
week-nothing-text = Nothing is overdue, and nothing is due within seven days.
to-calendar = To a calendar
copy-title = Copy to the next year
copy-sub = Sections and items are the same; years of terms, of the period and of quoted names are moved. “On request” and “every month” stay. Reports of execution are not copied.
copy-years = By how many years
copy-by = { $n ->
    [one] by { $n } year
   *[other] by { $n } years
}
copy-now = Make the plan
copy-differences = What changes in terms
copy-was = Term before
copy-will-be = Term after
copy-same = the same
copy-exists = There is a plan of this title and period already. Change the title or the period.
field-history = history
field-history-title = History: { $field }
field-history-none = This field has not been changed since it was made
field-history-none-text = Who changed what and when will stand here.
field-history-when = When
field-history-who = Who
field-history-was = Was
field-history-now = Became
field-history-signature = Signature
field-history-entry = entry { $seq }
