# Words of reports and printed forms. They reach paper: no jargon, nothing that only a screen explains.

## Dates and periods
report-month-1 = January
report-month-2 = February
report-month-3 = March
report-month-4 = April
report-month-5 = May
report-month-6 = June
report-month-7 = July
report-month-8 = August
report-month-9 = September
report-month-10 = October
report-month-11 = November
report-month-12 = December
report-date = { $day } { $month } { $year }
report-period-half = { $half ->
    [1] the first half of { $year }
   *[2] the second half of { $year }
}
report-period-quarter = { $quarter ->
    [1] the first quarter of { $year }
    [2] the second quarter of { $year }
    [3] the third quarter of { $year }
   *[4] the fourth quarter of { $year }
}
report-period-year = the year { $year }
report-period-custom = the period from { $from } to { $to }

## Title
report-title = Consolidated report on the execution of the roadmap
report-for = for { $period }
report-plan = { $title }, { $period }
report-network = Network
report-as-of = State as of
report-compiled-by = Compiled by
report-compiled-at = Compiled at
report-code = Control code of the network
report-summary = In the period { $due ->
    [one] { $due } item was
   *[other] { $due } items were
} due (summed over the municipalities). Done: { $done }, done in part: { $partially }, overdue: { $overdue }, moved: { $moved }.
report-summary-share = Share done: { $percent } %.
report-summary-nothing = No item is due in the period.
report-without = Not submitted: { $names }. The totals leave them out ({ $reported } of { $all }).
report-complete = All municipalities have submitted their data ({ $all } of { $all }).

## Who is in
report-members = Who has submitted, and how fresh the data is
report-member = Municipality
report-organisation = Organisation
report-presence = Submitted
report-presence-reported = submitted
report-presence-silent = not submitted
report-presence-unknown = no data
report-statuses = Statuses
report-newest = Newest entry
report-last-seen = Last seen
report-none = none
report-own-node = this node

## Totals
report-by-member = Totals by municipality
report-by-section = Execution by section
report-indicator = Indicator
report-total = Total
report-total-without = Total*
report-total-note = * Without the data of: { $names }.
report-count-due = Due in the period
report-count-done = Done
report-count-unproven = of these without a named result
report-count-partially = Done in part
report-count-overdue = Overdue
report-count-moved = Moved
report-count-cancelled = Cancelled
report-count-not-applicable = Not applicable
report-count-ahead = Under way or ahead
report-count-share = Share done
report-count-on-request = On request, reported
report-share = { $percent } %
report-done-of = { $done } of { $due }
report-overdue-mark = ! { $n }
report-share-note = “!” tells how many items are overdue. The share done is a ratio of sums: done, divided by the items due in the period without those not applicable.
report-section = Section
report-all-sections = All sections
report-no-section = Without a section

## Lists
report-number = No.
report-item = Activity
report-item-number = Item
report-term = Term
report-reason = Reason
report-no-reason = no reason given
report-overdue = Overdue, and why
report-overdue-carried = The term passed before the period
report-overdue-nothing = Nothing is overdue.
report-undated = Without a term
report-on-request = On request
report-done-by = Reported as done by
report-divergences = Divergences open when the report was compiled
report-divergences-nothing = No divergences are open.
report-divergence-where = What
report-divergence-stands = Stands now
report-divergence-beside = Written at the same time
report-divergence-deleted = deletion: { $reason }
report-divergence-edited = edit
report-by = { $org }, { $node }, { $when }
report-place-plan-title = Title of the roadmap
report-place-plan-period = Period of the roadmap
report-place-plan-form = Printed form
report-place-plan-approval = Who approves
report-place-task = Task
report-place-organisations = Organisations
report-place-municipalities = Municipalities
report-place-note = Note on the item
report-place-number = Number
report-place-title = Activity
report-place-form = Form
report-place-term = Term
report-place-audience = Audience
report-place-responsible = Responsible
report-place-result = Expected result
report-place-section = Section
report-place-accepted = Answers to questions of the check
report-place-order = Place in the plan
report-place-row = Deletion against an edit
report-place-execution-status = Status
report-place-execution-date = Date of execution
report-place-execution-result = Result
report-place-execution-comment = Remark

## Signature
report-signature = Compiled by
report-signature-line = ____________________ / ____________________
report-signature-date = “____” ________________ 20___
report-approve = APPROVED
report-approve-line = ________________ / ________________

## Annexes
report-annex-items = Annex 1. Execution by item
report-annex-provenance = Annex 2. Provenance
report-legend = Signs: { $signs }. The number at a sign is the line of annex 2 that names the signed entry.
report-provenance-note = Every status in the report was written by the organisation itself and signed with its node’s key. Feed, number and hash find the entry on any node of the network.
report-recorded = Written
report-node = Node
report-feed = Feed
report-seq = Entry
report-entry = Hash of the entry
report-status = Status
report-day = Date
report-no-record = entry not found
report-status-planned = planned
report-status-in-progress = under way
report-status-done = done
report-status-partially = done in part
report-status-moved = moved
report-status-cancelled = cancelled
report-status-not-applicable = not applicable
report-light-overdue = overdue
report-light-soon = due soon
report-light-running = under way
report-light-not-due = not due yet
report-light-moved = moved
report-light-partially = in part
report-light-done-without-evidence = done, no result named
report-light-done = done
report-light-undated = no term
report-light-on-request = on request
report-light-not-applicable = not applicable
report-light-cancelled = cancelled

## Sheets of the table file
report-sheet-summary = Summary
report-sheet-members = By municipality
report-sheet-overdue = Overdue
report-sheet-provenance = Provenance
