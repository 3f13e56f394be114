# Words of the pages. Keys are grouped by page; what several pages use stands first.

## Frame

app-name = Свод
language-name = Русский
skip-to-content = К содержанию страницы
nav-label = Разделы
nav-today = Сегодня
nav-today-count = { $n ->
    [one] { $n } новое изменение
    [few] { $n } новых изменения
   *[other] { $n } новых изменений
}
nav-plans = Дорожные карты
nav-divergences = Расхождения
nav-divergences-count = { $n ->
    [one] { $n } расхождение
    [few] { $n } расхождения
   *[other] { $n } расхождений
}
nav-report = Отчёт
nav-network = Сеть
print = Печать
save = Сохранить
cancel = Отмена
choose = Выбрать
restore = Восстановить
assign = назначить
you = вы
and-more = и ещё { $n }
live-note = Обмен принёс изменения
saving = Сохраняю…
saved-at = Сохранено в
save-failed = Не сохранено: нет ответа от программы. Текст остался на странице; проверьте, что Свод запущен, и повторите.

## The line of the exchange

foot-label = Обмен
foot-exchange = Обмен:
foot-never = Обмена ещё не было
foot-no-line = Связи нет.
foot-silent-days = Связи нет { $n ->
    [one] { $n } день
    [few] { $n } дня
   *[other] { $n } дней
}
foot-unconfirmed = Ваших правок без получателя:
foot-nothing-unconfirmed = Все ваши правки кто-то получил
foot-complete = Получили всё: { $names }
foot-exchange-now = Обменяться сейчас
foot-code = Код сети
fresh-complete = получил всё
fresh-as-of = на { $date }
fresh-never = ещё не выходил на связь
fresh-me = этот узел
fresh-lacks = не получил ваших правок: { $n }
fresh-newest = последняя правка: { $when }

## Dates

month-1 = января
month-2 = февраля
month-3 = марта
month-4 = апреля
month-5 = мая
month-6 = июня
month-7 = июля
month-8 = августа
month-9 = сентября
month-10 = октября
month-11 = ноября
month-12 = декабря
month-name-1 = январь
month-name-2 = февраль
month-name-3 = март
month-name-4 = апрель
month-name-5 = май
month-name-6 = июнь
month-name-7 = июль
month-name-8 = август
month-name-9 = сентябрь
month-name-10 = октябрь
month-name-11 = ноябрь
month-name-12 = декабрь
month-short-1 = янв.
month-short-2 = фев.
month-short-3 = мар.
month-short-4 = апр.
month-short-5 = мая
month-short-6 = июн.
month-short-7 = июл.
month-short-8 = авг.
month-short-9 = сен.
month-short-10 = окт.
month-short-11 = ноя.
month-short-12 = дек.
date-long = { $day } { $month } { $year } г.
date-year = { $day } { $month } { $year }
date-short = { $day } { $month }
date-narrow = { $day } { $month }
date-narrow-year = { $number }.{ $year }
when-today = сегодня в { $time }
when-yesterday = вчера в { $time }
when-moment = { $date } { $time }
when-moment-year = { $date }, { $time }

## Fields and values

field-number = Номер
field-title = Мероприятие
field-form = Форма проведения
field-term = Срок
field-audience = Целевая аудитория
field-responsible = Ответственный
field-result = Ожидаемый результат
field-section = Раздел
field-order = Место в разделе
field-task = Задача
field-organisations = Организации
field-municipalities = Муниципалитеты
field-note = Примечание
plan-field-title = Название
plan-field-period = Период
plan-field-form = Печатная форма
plan-field-approval = Кто утверждает
execution-status = Исполнение
execution-date = Дата
execution-result = Результат и чем подтверждён
execution-comment = Примечание
place-row = Пункт
status-planned = запланировано
status-in-progress = идёт
status-done = выполнено
status-partially = выполнено частично
status-moved = перенесено
status-cancelled = отменено
status-not-applicable = не потребовалось
value-empty = пусто
item-numbered = п. { $number }
item-titled = «{ $title }»
seal = подпись действительна
seal-proof = Узел «{ $node }», запись { $seq }, отпечаток { $entry }

## Lights

light-overdue = просрочено
light-soon = срок в ближайшие 14 дней
light-running = идёт
light-not-due = срок ещё не скоро
light-moved = перенесено
light-partially = выполнено частично
light-done-without-evidence = выполнено, результат не указан
light-done = выполнено, результат указан
light-undated = без срока
light-on-request = по запросу или после другого события
light-not-applicable = не потребовалось
light-cancelled = отменено
lamp-overdue = просрочено
lamp-soon = скоро
lamp-running = идёт
lamp-not-due = не скоро
lamp-moved = перенесено
lamp-partially = частично
lamp-done-without-evidence = готово
lamp-done = готово
lamp-undated = без срока
lamp-on-request = по запросу
lamp-not-applicable = не нужно
lamp-cancelled = отменено
lamp-dated-overdue = с { $date }
lamp-dated-soon = до { $date }
lamp-dated-running = идёт
lamp-dated-not-due = { $date }
lamp-dated-moved = на { $date }
lamp-dated-partially = частично
lamp-dated-done-without-evidence = { $date }
lamp-dated-done = { $date }
lamp-dated-undated = без срока
lamp-dated-on-request = по запросу
lamp-dated-not-applicable = не нужно
lamp-dated-cancelled = отменено
legend-word-overdue = с 5 мар.
legend-word-soon = до 31 мар.
legend-word-running = идёт
legend-word-not-due = 10.2022
legend-word-moved = на 21 апр.
legend-word-partially = частично
legend-word-done-without-evidence = 15 мар.
legend-word-done = 15 мар.
legend-word-undated = без срока
legend-word-on-request = по запросу
legend-word-not-applicable = не нужно
legend-word-cancelled = отменено
legend = Что значат знаки
legend-hint = Нажмите на пункт: здесь появится его карточка.

## What was understood of a term

term-understood = Что я понял
term-nothing = ничего не понял
term-also = и { $demand }
term-range = { $from } – { $to }
term-month-year = { $month } { $year }
term-quarter = { $quarter } квартал { $year } года
term-year = в течение { $year } года
term-years = { $from }–{ $to } годы
term-academic-year = { $from }/{ $to } учебный год
term-monthly = каждый месяц
term-quarterly = каждый квартал
term-yearly = каждый год
term-yearly-in = каждый год: { $months }
term-throughout = всё время действия плана
term-relative = после каждого мероприятия плана
term-deadline = не позднее { $date }
term-since = начиная с { $date }
term-since-year = { $year } года
term-undated = срока нет
term-on-request = по запросу
term-as-needed = по мере необходимости
term-instances = { $n ->
    [one] { $n } срок
    [few] { $n } срока
   *[many] { $n } сроков
} за период плана; ближайшие: { $next }
term-instances-past = { $n ->
    [one] { $n } срок
    [few] { $n } срока
   *[many] { $n } сроков
} за период плана, все позади
term-repeated = { $month } указан дважды
term-repeated-meant = { $month } указан дважды; возможно, { $meant }
term-out-of-order = { $month } стоит не по порядку
term-outside-window = { $from } – { $to }: вне периода плана
term-outside-window-month = { $month }: вне периода плана
term-year-guessed = год не указан; принято: { $month }
term-not-understood = не понял: «{ $text }»

## Today

today-title = Сегодня, { $date }
today-late = { $n ->
    [one] Просрочен { $n } пункт.
    [few] Просрочено { $n } пункта.
   *[other] Просрочено { $n } пунктов.
}
today-none-late = Просроченного нет.
today-soon = { $n ->
    [0] В ближайшие две недели сроков нет.
    [one] В ближайшие две недели { $n } срок.
    [few] В ближайшие две недели { $n } срока.
   *[other] В ближайшие две недели { $n } сроков.
}
today-news = { $n ->
    [0] Сеть ничего не меняла.
    [one] Сеть внесла { $n } изменение.
    [few] Сеть внесла { $n } изменения.
   *[other] Сеть внесла { $n } изменений.
}
today-due = Просрочено и в ближайшие две недели
today-due-none = Сроков в ближайшие две недели нет.
today-waiting = Ждут вас
today-all-waiting = Все расхождения: { $n }
today-changed = Что изменилось без вас
today-changed-none = Нового нет.
today-undated = Без срока
today-on-demand = По запросу
today-no-plan = Плана ещё нет
today-no-plan-text = Загрузите дорожную карту из Word, Excel или CSV в разделе «Дорожные карты» или дождитесь первого обмена: планы сети придут сами.
due-was = было { $date }
due-by = до { $date }
waiting-field = { $n ->
    [one] Вариант поля «{ $field }», { $item }
    [few] { $n } варианта поля «{ $field }», { $item }
   *[other] { $n } вариантов поля «{ $field }», { $item }
}
waiting-row = Удаление и правка, { $item }
news-read = Прочитано

## Changes in words

news-field = { $field }, { $item }: { $value }
news-plan-field = { $field } плана ({ $item }): { $value }
news-execution = { $field }, { $item }: { $value }
news-added = Добавлен { $item }
news-added-many = Загружена таблица: { $rows ->
    [one] { $rows } строка
    [few] { $rows } строки
   *[many] { $rows } строк
}
news-deleted = Удалён { $item }
news-restored = Восстановлен { $item }
news-edit-kept = Сохранён { $item }
news-edit-kept-why = его удалили, не видя правки; правка сохранила пункт, решение за вами
news-was = было: { $value }
news-diverged = рядом другое значение: оба сохранены
news-settled = расхождение решено
history = История
history-field = { $field }: { $value }
history-execution = { $field }: { $value }
history-added = Пункт добавлен
history-deleted = Пункт удалён
history-restored = Пункт восстановлен
history-edit-kept = Пункт сохранён правкой

## Roadmaps

plans-sub = Планы сети. Правят все, изменения сливаются при обмене.
plans-import = Загрузить таблицу
plans-empty = Дорожных карт ещё нет
plans-empty-text = Загрузите утверждённую таблицу из Word, Excel или CSV. Перед загрузкой вы увидите, что распознано, и ничего не потеряется.
plans-title = Дорожная карта
plans-sections = Разделов
plans-items = Пунктов
plan-items = { $n ->
    [one] { $n } пункт
    [few] { $n } пункта
   *[other] { $n } пунктов
}
plan-rename = Название и период
plan-approval-hint = Должность и организация, как в блоке «УТВЕРЖДАЮ»; каждая строка отдельно. Пусто — блок не печатается.
tabs-label = Виды плана
tab-table = Таблица
tab-members = По муниципалитетам
to-word = В Word
to-excel = В Excel
column-number = №
column-title = Мероприятие
column-term = Срок
column-audience = Целевая аудитория
column-responsible = Ответственный
column-title-and-term = Мероприятие и срок
column-form = Форма
column-task = Задача
column-result = Результат
column-organisations = Организации
column-municipalities = Муниципалитеты
column-note = Примечание
section-untitled = Без раздела
cell-empty = —
sheet-keys = Enter — править, Esc — отменить, Tab — следующая ячейка, стрелки — по таблице.
row-contested = удаляли
progress = выполнено { $done } из { $all }
panel-label = Карточка пункта
panel-close = Закрыть карточку
deleted-rows = { $n ->
    [one] Удалён { $n } пункт
    [few] Удалено { $n } пункта
   *[other] Удалено { $n } пунктов
}
deleted-because = причина: { $reason }
fork = два варианта
fork-said = Вариантов: { $n }. Оба сохранены, нужен выбор.

## Items

card-number = Пункт { $number }
item-open = Открыть карточку
item-add = Добавить пункт
item-add-sub = Пункт встанет в конец раздела.
item-add-now = Добавить
item-edit = Править все поля
item-edit-title = Правка пункта
item-edit-sub = Запишутся только поля, которые вы измените.
item-delete = Удалить пункт…
item-delete-reason = Почему
item-delete-hint = Пункт можно вернуть одной кнопкой. Если кто-то тем временем правил его без связи, правка сохранит пункт.
item-delete-now = Удалить
item-more-fields = Другие графы
execution-own = У нас
execution-others = У других
execution-others-hint = Каждая организация отмечает исполнение сама; изменить чужую отметку нельзя.

## Divergences

divergences-sub = Здесь правки, сделанные без связи друг с другом. Ничего не потеряно: выберите, что останется.
divergences-empty = Расхождений нет
divergences-empty-text = Все правки слились сами. Если двое изменят одно и то же без связи, выбор появится здесь.
divergences-theirs = Решают другие
fork-heading = { $n ->
    [one] { $field }: { $n } вариант
    [few] { $field }: { $n } варианта, нужен выбор
   *[other] { $field }: { $n } вариантов, нужен выбор
}
fork-stands = сейчас в плане
fork-keep = Оставить
fork-take = Взять
fork-own = Написать свой…
fork-own-save = Записать
fork-why = Авторы писали, не видя друг друга. Пока никто не выбрал, все узлы показывают один и тот же вариант: его выбирает порядок правок, а не часы.
fork-not-yours = Эти сведения организация ведёт сама; решение за ней.
contested-heading = Пункт удаляли, но он остался
contested-item = { $item } удалён и дополнен одновременно
contested-deleted = Удалил: { $who }. Причина: { $reason }.
contested-edited = Не зная об этом, дополнил: { $who }.
contested-why = Правка сильнее удаления, которое её не видело: пункт оставлен. Решите.
contested-keep = Оставить пункт
contested-delete = Удалить
conflict-title = Пока вы писали, поле изменили
conflict-sub = Ничего не потеряно. Остальные поля записаны; здесь нужен выбор.
conflict-now = Сейчас записано
conflict-typed = Вы написали
conflict-keep = Оставить, что есть
conflict-write = Записать моё

## Network

network-sub = { $n ->
    [one] { $n } участник
    [few] { $n } участника
   *[other] { $n } участников
}
network-members = Участники
network-member = Организация, узлы, основание
network-fresh = Что получено
network-key = Код ключа
network-key-hint = Сверьте код ключа по телефону один раз: совпал — значит, это действительно они.
network-lead = ведёт сеть
network-me = это вы
network-code-hint = У всех, кто получил всё, код одинаковый. Сверить его можно по телефону.
network-relay = Узел связи
network-no-relay = Не назначен: обмен идёт только файлами.
network-traffic = Обмен с запуска программы: получено { $received }, отправлено { $sent }
network-traffic-hint = Столько посчитает оператор связи; без служебных данных связи получено { $received }, отправлено { $sent }.
kilobytes = { $n } КБ
network-relay-hint = Хранит и передаёт подписанные записи; изменить их не может.
invite-title = Пригласить организацию
invite-name = Название
invite-name-example = ИМЦ, Тихорецкий район
invite-basis = Основание
invite-basis-example = Договор о сетевом взаимодействии от 29.03.2021
invite-now = Создать приглашение
invite-hint = Получится текст. Передайте его лично или по телефону: по нему принимают в сеть.
ticket-title = Приглашение: { $name }
ticket-text = Передайте этот текст организации. На её компьютере его вставляют при первом запуске Свода.
ticket-label = Текст приглашения
ticket-hint = Второй раз текст не показывается.
copy = Скопировать
copied = Скопировано
held-title = Правки, которые не применены
held-hint = Они хранятся в журнале и не пропадут; остальное принято.
held-dependencies = Правка ждёт других правок, которые ещё не дошли.
held-seq-taken = Узел разошёлся сам с собой: применена другая его правка. Эта ждёт решения лидера.
held-endangers = Правка опасна для документа и не применена: ждёт решения лидера.
held-stranded = Правка опирается на исключённую или опасную: ждёт решения лидера.
held-newer = Правка сделана более новой версией программы: обновите программу.
held-refused = Правка нарушает устройство документа и отклонена.
held-excluded = Лидер исключил эту правку.
held-late = Написано после выхода: применится, если лидер поднимет границу.
held-unknown-plan = документ, которого здесь ещё нет
held-sheet = выполнение, { $org }: { $plan }
held-change = правка { $hash }
held-exclude = Исключить правку
held-basis = Основание
held-exclude-now = Исключить навсегда
held-exclude-hint = Правка исчезнет из документов у всех, и вернуть её нельзя. Исключают то, что мешает узлам работать; неверное значение просто исправьте.
incidents = Что не принято
incidents-none = Все полученные записи подписаны и приняты.
incident-subject = запись { $subject }
incident-bad-signature = Запись с неверной подписью отклонена; ваши данные не изменились.
incident-fork = Узел разошёлся сам с собой: его новые записи не принимаются до решения ведущего.
incident-own-branch = Папка была восстановлена из копии или скопирована. Записей, которых не было у сети: { $count }; сделанное в них записано заново.
incident-own-branch-kept = Часть правок из восстановленной или скопированной папки записать заново не удалось: они хранятся на этом компьютере.
incident-no-right = Запись отклонена: у автора нет на неё права.
incident-late = Написано после выхода организации или отключения компьютера: хранится и не применяется. Лидер может принять это.
incident-roster-fork = Два разных решения о составе сети под одним номером. Действует то, что было до них; работать можно. Разрешит это только бумажный ключ лидера.
incident-roster-settled = Противоречие в решениях о составе сети разрешено бумажным ключом лидера; другое решение не действует.
incident-roster-rewritten = Решения о составе сети заменены бумажным ключом лидера. Записей, сделанных при прежних решениях: { $count }; они сняты, и каждый узел записал своё заново.
incident-held = Правка опасна для документа и не применена: ждёт решения лидера.
incident-malformed = Повреждённая запись отклонена; ваши данные не изменились.

## Import

import-title = Загрузка таблицы
import-sub = Word (.docx), Excel (.xlsx, .xls), OpenDocument (.ods, .odt) или CSV. Ничего не запишется, пока вы не нажмёте «Загрузить».
import-choose = Перетащите файл сюда или выберите его
import-read = Посмотреть, что распознано
import-limit = До { $megabytes } МБ. Старый .doc откройте в Word и сохраните как .docx.
import-preview = Что распознано
import-rows = распознано пунктов
import-sections = разделов
import-lost = потеряно
import-now = Загрузить
import-again = Выбрать другой файл
import-gone = Этот файл уже не в памяти. Выберите его ещё раз.
import-no-file = Выберите файл.
import-done = Загружено: новых { $added }, обновлено { $updated }, без изменений { $unchanged }.
import-note = Повторная загрузка того же файла обновит пункты, а не удвоит их.
import-doubtful = с сомнениями
import-outside = Вне таблицы: { $n }
import-open = Открыть дорожную карту
import-preview-sub = Ничего ещё не записано. Отметьте предложения, с которыми согласны, и нажмите «Загрузить».
import-several = Планов в файле: { $n }. Загрузятся отмеченные.
import-none-chosen = Ни один план не отмечен, ничего не загружено.
doubt-empty = пусто
doubt-glued = склеено из двух строк, вторая — { $row }
doubt-displaced = ячейки сдвинуты; последняя взята в последнюю графу
doubt-unmapped = нет такой графы; текст уйдёт в примечание: «{ $text }»
doubt-merged-down = взято из объединённой ячейки выше
doubt-no-number = нет номера
doubt-repeated-number = такой номер уже есть
doubt-lookalike = «{ $found }» латиницей; возможно, «{ $proposal }»
doubt-unbalanced = нет пары у кавычки или скобки
doubt-composite = перечислено дел: { $n } ({ $items })
doubt-composite-paired = перечислено дел: { $n }, у каждого свой срок ({ $items })
doubt-markup = в ячейке были остатки веб-страницы; взят текст без них
refused-empty = Файл пустой. Проверьте, тот ли это файл.
refused-too-large = Файл больше { $megabytes } МБ. Сохраните его без картинок.
refused-bounds = В файле слишком много данных для дорожной карты. Оставьте в нём одну таблицу.
refused-encrypted = Файл закрыт паролем. Снимите пароль и сохраните ещё раз.
refused-old-word = Это старый формат Word. Откройте файл и сохраните как .docx.
refused-old-excel = Это двоичный формат Excel (.xlsb или очень старый). Откройте файл и сохраните как .xlsx.
refused-pdf = Из PDF таблицу не взять. Нужен исходный файл Word или Excel.
refused-unknown = Это не Word, не Excel, не OpenDocument и не CSV. Выберите файл с таблицей плана.
refused-damaged = Файл повреждён. Откройте его в Word или Excel и сохраните ещё раз.
refused-no-table = В файле нет таблицы дорожной карты.
refused-no-header = Не нашлось граф ни одной из форм плана: нужны «Мероприятие» («Содержание», «Тема») и «Срок» с ответственным, аудиторией или результатом. Похожая строка: «{ $seen }».
refused-no-rows = В таблице есть шапка, но нет ни одной строки. Заполните таблицу или выберите другой файл.
refused-too-many-items = В таблице { $items } строк, а план держит не больше { $max }. Разделите таблицу на несколько файлов.
refused-long-cell = В строке { $row } ячейка на { $letters } знаков: в одну ячейку столько не помещается. Разнесите текст по строкам или вынесите в приложение.

## Report

report-page-sub = Так отчёт и напечатается.
report-period = Период
report-show = Показать
report-proof = Откуда цифра
report-proof-hint = Нажмите на номер рядом с отметкой в таблице: здесь появится подписанная запись, из которой она взята.
report-other-dates = Другие даты…
report-from = С
report-to = По
report-no-plan = Отчёта пока не из чего составить
report-no-plan-text = Загрузите дорожную карту или дождитесь обмена: отчёт собирается из отметок об исполнении её пунктов.
report-in-title = Кто в отчёте
report-in-count = Данные { $n } из { $all } муниципалитетов
report-in-statuses = отметок: { $n }
proof-node = Узел
proof-when = Когда
proof-entry = Запись
proof-feed = Журнал
proof-hash = Отпечаток
proof-none = Подписанной записи на этом узле нет.

## People at one computer

people-title = Кто за компьютером
people-sub = Если за этим компьютером работают несколько человек, запишите здесь их должности: в истории правок будет видно, кто что написал.
people-list = Список
people-empty = Пока никто не записан
people-empty-text = Свод открывается без вопросов, а в правках стоит только ваша организация. Так можно и оставить.
people-add = Записать
people-add-now = Записать
people-label = Должность
people-label-example = методист
people-label-hint = Должность, а не фамилия: эта подпись уйдёт вместе с правками во все организации сети.
people-pin = ПИН-код
people-pin-again = ПИН-код ещё раз
people-pin-hint = Можно оставить пустым: тогда вход одним нажатием. С ПИН-кодом Свод закрывается через 15 минут без дела.
people-has-pin = вход по ПИН-коду
people-has-no-pin = без ПИН-кода
people-me = сейчас вы
people-remove = Убрать
people-change = Сменить
people-who = Кто работает?
people-enter = Войти
people-forgotten = Забыли ПИН-код? Коллега из списка может убрать вашу строку и записать вас снова. Если коллеги нет, в руководстве сказано, что делать.
people-locked = Свод закрыт: за компьютером никого
people-locked-text = Откройте Свод в соседней вкладке, войдите и сохраните ещё раз: то, что вы написали, осталось на этой странице.
people-pins-differ = ПИН-коды не совпали. Введите один и тот же дважды.
people-refused-label = Напишите должность: от одного до 60 знаков.
people-refused-taken = Такая строка уже есть. Уточните, например «методист, каб. 2».
people-refused-pin = ПИН-код слишком короткий или слишком длинный: нужно от { $n } до 64 знаков.
people-refused-many = Больше двадцати человек за одним компьютером записать нельзя. Уберите тех, кто больше не работает.
people-refused-nobody = Этой строки уже нет. Обновите страницу.
people-refused-wrong = ПИН-код не подошёл.
people-refused-wait = Слишком много неверных ПИН-кодов. Подождите { $n } с и попробуйте снова.
people-refused-file = Не записано: диск не ответил. Освободите место и повторите.

## Errors and the door

error-home = На первую страницу
error-not-found = Такой страницы нет
error-not-found-text = Возможно, пункт удалили или ссылка устарела.
error-bad-form = Форма заполнена не до конца
error-bad-form-text = Вернитесь назад: то, что вы написали, осталось на странице. Проверьте обязательные поля.
error-node = Не получилось
error-store = База данных не ответила. Закройте другие окна Свода и повторите; ничего не потеряно.
error-unwritten = Файл не получился. Повторите; если не поможет, выгрузите другой формат.
error-too-large = Слишком большой файл
error-too-large-text = Такой объём не принимается. Разделите файл или сохраните его без картинок.
door-closed = Откройте Свод заново
door-closed-text = Этот адрес открывается только из самой программы: запустите Свод значком или командой «svod open».
door-foreign = Запрос отклонён
door-foreign-text = Он пришёл не со страницы Свода. Если вы открывали Свод, закройте вкладку и запустите его снова.
door-stale = Страница устарела
door-stale-text = Свод перезапускали, пока страница была открыта. Вернитесь назад, скопируйте написанное и обновите страницу.

# Why something was not done, and what to do
error-closed = Свод закрывается. Откройте его снова; написанное сохранено.
error-disk-full = Диск заполнен: ничего не записано. Освободите место и повторите.
error-damaged = База узла повреждена. Закройте Свод и верните папку из резервной копии.
error-from-future = Эта папка записана более новой версией Свода. Обновите программу.
error-database = База данных не ответила. Закройте другие окна Свода и повторите; ничего не потеряно.
error-no-plan = Такой дорожной карты нет: возможно, ссылка устарела.
error-no-row = Такого пункта нет: возможно, ссылка устарела.
error-no-change = Такой правки в журнале этого узла нет.
error-newer-rules = Сеть перешла на новые правила, которых эта версия не знает. Обновите Свод: прочитать всё можно и сейчас.
error-too-long = Текст слишком длинный. Сократите его или разделите.
error-not-yours = Это может изменить только сама организация.
error-not-lead = Это может только узел лидера сети.
error-name = Название пустое, слишком длинное или занимает больше одной строки.
error-roster = Реестр сети не принял запись. Повторите; если не поможет, обновите программу.
error-not-admitted = Узел ещё не принят в сеть: ждём ответа лидера.
error-refused = Запись не принята: у вашей организации нет на неё права.
error-not-written = Не записано. Повторите; то, что вы написали, осталось на странице.
trouble-unreachable = Узел связи не отвечает. Проверьте интернет; Свод повторит сам.
trouble-other-key = По адресу узла связи отвечает кто-то другой. Не продолжайте и позвоните лидеру.
trouble-other-protocol = По адресу узла связи отвечает другая программа или другая версия. Обновите Свод или позвоните лидеру.
trouble-refused = Узел связи не принимает этот узел: его нет в реестре этой сети. Позвоните лидеру.
trouble-no-room = На узле связи кончилось место: ваши последние изменения есть только на этом компьютере. Чужие по-прежнему приходят. Позвоните лидеру.
trouble-over-quota = Ваша организация отправила столько, сколько узел связи принимает: последние изменения есть только на этом компьютере. Позвоните лидеру.
trouble-closed = Узел связи закрыл соединение. Свод повторит сам.
trouble-protocol = Узел связи и Свод не поняли друг друга. Обновите программу.
trouble-local = Этот компьютер не может выйти на связь. Перезапустите Свод.
incident-closed = Запись сделана после выхода организации или узла из сети; она не принята.
incident-change-refused = Правка нарушает устройство документа и не применена; остальное принято.

# Обмен через файл

packet-title = Обмен через файл
packet-hint = Флешка или письмо вместо связи. Один и тот же файл можно принять дважды и в любом порядке.
packet-for = Для кого
packet-for-all = Для всех
packet-write = Записать на флешку
packet-read = Принять файл
packet-file = Файл .svod; несколько частей выберите сразу
packet-preview = Что в файле
packet-preview-sub = Ничего не запишется, пока вы не нажмёте «Принять».
packet-again = Выбрать другой файл
packet-accept = Принять
packet-from = Записал
packet-when = Когда
packet-to = Для кого
packet-part = Часть
packet-part-of = { $part } из { $parts }
packet-signature = Подпись
packet-signed = Верна: файл цел, записан узлом из реестра сети
packet-new = новых записей
packet-known = уже есть у вас
packet-refused = не будет принято
packet-missing = пропусков
packet-members-new = новых записей реестра: { $n }
packet-changes = Что изменится
packet-changes-none = Ничего: всё, что в файле, у вас уже есть.
packet-changed = Что изменилось
packet-gap = Не хватает записей { $first }–{ $last }: { $org }. Попросите у отправителя файл «для вас» ещё раз или примите предыдущий.
packet-done = Принято: новых записей { $n }.
packet-done-back = К странице «Сеть»
packet-gone = Этот файл уже не в памяти. Выберите его ещё раз.
packet-no-file = Выберите файл.
packet-too-many = Всё в один файл не помещается. Запишите частями командой svod packet write.
packet-error-no-org = Такой организации в сети нет: возможно, страница устарела.
packet-error-too-much = Записей больше, чем помещается в файлы обмена. Обменяйтесь по сети.
packet-error-too-large = Файл слишком большой: это не файл обмена.
packet-error-not-a-packet = Это не файл обмена. Нужен файл с окончанием .svod, который записал Свод.
packet-error-from-future = Файл записан более новой версией Свода. Обновите программу.
packet-error-damaged = Файл повреждён или изменён по дороге: подпись не сходится. Попросите записать его ещё раз.
packet-error-other-network = Это файл другой сети.
packet-error-unknown-sender = Файл записан узлом, которого нет в реестре сети. Не пользуйтесь им и сообщите ведущему.
packet-error-roster-gap = В файле нет начала реестра сети, а у вас его ещё нет. Попросите у ведущего файл для вас.
packet-error-roster = Реестр сети в файле не тот, что у вас. Файл не принят; сообщите ведущему.
packet-error-pack = Файл подписан верно, но прочитать его нельзя. Обновите программу.
packet-error-not-the-tickets = Реестр сети не тот, под которым выдано приглашение. Файл не принят; позвоните ведущему.
form-a = План: задача, мероприятие, срок, результат
form-b = План взаимодействия: форма, тема, организации
form-c = Карта: содержание, форма, адресат, дата
form-d = Дорожная карта: мероприятие, срок, аудитория
form-d-short = Дорожная карта, короткая шапка
print-and-files = Печать и файлы
print-title = Печать и файлы
print-sub = Так таблица ляжет на лист A4. Сроки и тексты — слово в слово.
print-forms = Печатные формы
agree-split = разделить на пункты: { $n }
agree-replace = заменить

tab-check = Проверка
check-nothing = Вопросов к плану нет
check-nothing-text = Сроки, результаты и названия друг другу не противоречат.
check-sub = Вопросов: { $n }. Исправьте пункт или ответьте «так и надо» с причиной: вопрос уйдёт из списка, пока текст не изменится.
check-accepted = Так и надо: { $n }
check-because = Так и надо: { $reason }
check-accept = Так и надо
check-reason = Почему
check-accept-now = Записать
check-again = Спросить снова
field-accepted = Ответы на вопросы проверки
reason-import = загрузка таблицы
reason-undo = отмена действия
reason-copy = копия плана
lint-repeated-month = { $found } указан дважды; возможно, { $other }
lint-repeated-month-bare = { $found } указан дважды
lint-months-out-of-order = { $found } стоит не по порядку
lint-before-plan = «{ $found }» раньше периода плана
lint-after-plan = «{ $found }» позже периода плана
lint-term-not-understood = не понято: «{ $found }»
lint-result-of-another-event = говорит о другом мероприятии: «{ $found }»
lint-other-year = { $found }, а у соседних пунктов { $other }
lint-same-event-elsewhere = это одно мероприятие? { $other }
lint-order-after-work = документ «{ $found }», а работа начинается раньше или в том же месяце: { $other }
lint-two-spellings = «{ $found }» и «{ $other }» — одно и то же?
lint-outside-executor = муниципальное мероприятие, а исполнитель — { $found }. Так и есть?
lint-unknown-abbreviation = «{ $found }» не расшифровано
lint-form-differs = «{ $found }», а в тексте другое: «{ $other }»
lint-no-term = не указан
lint-nobody-responsible = не указан
lint-no-audience = не указана
lint-name-repeated-month = Повтор месяца
lint-name-months-out-of-order = Порядок месяцев
lint-name-before-plan = Раньше периода
lint-name-after-plan = Позже периода
lint-name-term-not-understood = Срок не понят
lint-name-result-of-another-event = Результат другого мероприятия
lint-name-other-year = Другой год
lint-name-same-event-elsewhere = Мероприятие в другом плане
lint-name-order-after-work = Документ позже работы
lint-name-two-spellings = Два написания
lint-name-outside-executor = Внешний исполнитель
lint-name-unknown-abbreviation = Сокращение
lint-name-form-differs = Форма
lint-name-no-term = Без срока
lint-name-nobody-responsible = Без ответственного
lint-name-no-audience = Без аудитории
search-title = Поиск
search-label = Поиск по всем планам
search-short = Поиск
search-shortcut = Поиск по всем планам (Ctrl+K)
search-placeholder = Слово в любой форме, номер пункта, результат
search-now = Найти
search-hint = Ищет по названиям, срокам, ответственным и отметкам об исполнении во всех планах. Форма слова, «ё» и регистр не важны.
search-nothing = По словам «{ $query }» ничего нет. Попробуйте одно слово или его начало.
search-found = Найдено: { $n }.
search-keys = Стрелки — по списку, Enter — открыть.
search-cut = Показаны первые сто. Добавьте слово.
search-plan = план
search-section = раздел
undo-title = Отменить последнее
undo-back = Назад
undo-nothing = Отменять нечего
undo-nothing-text = С этого компьютера ещё ничего не меняли.
undo-now = Отменить это
undo-hint = Вернётся то, что стояло раньше. В истории останутся оба действия.
undo-may-not = Отменить нельзя: с тех пор это место изменили ещё раз или это была загрузка таблицы. Исправьте поле или удалите пункт.
error-moved = Отменить уже нельзя: с тех пор это место изменили. Посмотрите историю пункта.

tab-scale = Шкала
scale-own = У нас
scale-hint = ■ — месяц срока, ▬ — идёт. Столбец этого месяца выделен.
scale-due = срок
scale-runs = идёт
scale-undated = Без даты
week-title = Лист контроля на неделю
week-sub = Просроченное и то, чему срок в ближайшие семь дней, на одном листе A4.
week-heading = Лист контроля: { $from } – { $to }
week-mark = Отметка
week-nothing = На неделю сроков нет
week-nothing-text = Просроченного нет, в ближайшие семь дней сроков тоже нет.
to-calendar = В календарь
copy-title = Скопировать на следующий год
copy-sub = Разделы и пункты те же, годы в сроках, периоде и названиях в кавычках сдвинуты. «По запросу» и «ежемесячно» остаются. Отметки об исполнении не копируются.
copy-years = На сколько лет
copy-by = { $n ->
    [one] на { $n } год
    [few] на { $n } года
   *[many] на { $n } лет
}
copy-now = Создать план
copy-differences = Что изменится в сроках
copy-was = Был срок
copy-will-be = Станет
copy-same = без изменений
copy-exists = План с таким названием и периодом уже есть. Измените название или период.
field-history = история
field-history-title = История: { $field }
field-history-none = Это поле после создания не меняли
field-history-none-text = Здесь появится, кто, когда и что изменил.
field-history-when = Когда
field-history-who = Кто
field-history-was = Было
field-history-now = Стало
field-history-signature = Подпись
field-history-entry = запись { $seq }
