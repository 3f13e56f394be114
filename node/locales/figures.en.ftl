# Indicators, submissions, the joint report.

report-period-month = { $month } { $year }
report-period-school-year = school year { $year }/{ $next }

rule-not-a-number = “{ $subject }” is not a number. Type digits only, the unit is given already.
rule-negative = An indicator is never below zero.
rule-percentage = Type two numbers, not a percentage: how many, and of how many. Percentages are neither added nor averaged; the program works out the share.
rule-one-of-two = Two numbers are needed: how many, and of how many, such as 9/22.
rule-part-exceeds-whole = The part is greater than the whole: check both numbers.
rule-counts = { $expected } numbers are needed, parted by semicolons, one for each category; there are { $found }.
rule-no-day = The line “{ $subject }” does not begin with a date. Write it like this: 17.03.2022 Name.
rule-no-name = After the date the event needs a name.
rule-twice = “{ $subject }” is there twice: an event counts once.
rule-no-reason = Give the reason: “no data: …” or “not applicable: …”.
rule-too-long = The text is too long for a cell.
rule-at-least = Indicator { $code } is less than indicator { $bound } “{ $title }”: there cannot be fewer participants than organisations that took part.

edition-count = An edition has between 1 and 200 indicators.
edition-code = The code “{ $code }” is empty, repeated, or has other signs than digits and full stops.
edition-nameless = Indicator { $code } has no title or no unit.
edition-terms = Indicator { $code } does not say what its part and its whole are.
edition-percentage = Indicator { $code } is a percentage but is added up: a share is the sum by the sum, percentages are neither added nor averaged.
edition-categories = A distribution needs categories, two at least, and nothing else has any: indicator { $code }.
edition-bound = Indicator { $code } is bounded by an indicator that is missing or is no number.

state-not-started = Not started
state-filling = Being filled in
state-submitted = Submitted
state-returned = Returned with remarks
state-resubmitted = Submitted again
state-accepted = Accepted
state-note-returned-and-accepted = The lead has both returned and accepted this submission from two computers: it counts as returned.
state-note-said-of-older = The lead answered the submission before without having seen the new one: the new one waits for its decision.
state-note-two-acts = The form was submitted from two computers at once: one submission counts, the other is kept.

error-no-campaign = There is no such collection of figures here, or its indicators have not arrived yet. Exchange with the lead.
error-not-asked = This collection does not ask your organisation for figures.
error-edition-published = An edition with this number is published with another text. Publish changes as the next edition.
error-no-indicator = This collection has no indicator { $subject }.
error-figures-missing = Not filled in: { $subject }. Give a value or a reason: “no data: …”, “not applicable: …”.
error-figures-divergent = Two computers of your organisation have entered different things: { $subject }. Choose a value and save it.
error-unchanged = Nothing has changed since the last submission.
error-nothing-submitted = There is no submission that waits for a decision.
error-no-remark = Write a remark: without one nobody knows what to correct.
error-no-report = There is no such frozen report, or the submissions it rests on have not arrived yet.
error-no-report-key = This computer joined the network after the report: sign it on the computer that keeps the organisation's key.

said-not-submitted = not submitted
said-empty = empty
said-no-data = no data
said-not-applicable = not applicable

signer-org = the organisation's key
signer-node = the computer's key
signed-seal = { $name }: frozen by the lead { $moment } ({ $key }) — the signature holds
signed-agreed = { $name }: agreed { $moment } ({ $key }) — the signature holds
signed-opinion = { $name }: an opinion of its own { $moment } ({ $key }) — the signature holds: “{ $opinion }”

verify-report = “{ $title }”, { $period }, edition { $edition }
verify-frozen = Frozen { $moment }: { $by }
verify-member-act = { $name }: submission { $number } of { $moment }
verify-absent = { $name }: not submitted, the totals are without it
verify-unsigned = Have not signed: { $names }
verify-lead-code = Code of the lead's key: { $code }. Compare it with paper or by telephone: the file cannot prove it.
verify-valid = All is in order: { $figures } figures checked, each follows from signed submissions, and nothing has changed since the freezing.
verify-invalid = The report cannot be trusted as it is. Ask the lead for the file again.
verify-unreadable = The file is damaged or no report file.
verify-repacked = The file was packed by another program: its bytes are not the ones that Svod wrote.
verify-part = The part “{ $part }” is missing or does not read.
verify-extra = There is a part “{ $part }” that no report has.
verify-roster = The roster is not the one that the report names.
verify-indicators = The passports are not the ones that the report names.
verify-member = The line “{ $name }” is not what its submission or the roster says.
verify-act = The signature under the submission of “{ $name }” does not hold: its figures were changed after signing.
verify-figure = Indicator { $code } “{ $title }”, { $name }: the report says “{ $stated }”, the signed submission “{ $derived }”.
verify-total = Indicator { $code } “{ $title }”, total: the report says “{ $stated }”, the submissions give “{ $derived }”.
verify-value = Indicator { $code }, { $name }: the value in the submission does not read.
verify-differences = The list of differences from the edition before is not what differs.
verify-seal = The lead's seal does not hold: the file was changed after the freezing.
verify-signature = The signature of “{ $name }” under the report does not hold.
verify-other-lead = The lead's key is another one: in the file { $code }.
