# Words of reports and printed forms. They reach paper: no jargon, nothing that only a screen explains.

## Dates and periods
report-month-1 = января
report-month-2 = февраля
report-month-3 = марта
report-month-4 = апреля
report-month-5 = мая
report-month-6 = июня
report-month-7 = июля
report-month-8 = августа
report-month-9 = сентября
report-month-10 = октября
report-month-11 = ноября
report-month-12 = декабря
report-date = { $day } { $month } { $year } г.
report-period-half = { $half ->
    [1] I полугодие { $year } года
   *[2] II полугодие { $year } года
}
report-period-quarter = { $quarter ->
    [1] I квартал { $year } года
    [2] II квартал { $year } года
    [3] III квартал { $year } года
   *[4] IV квартал { $year } года
}
report-period-year = { $year } год
report-period-custom = период с { $from } по { $to }

## Title
report-title = Сводный отчёт об исполнении дорожной карты
report-for = за { $period }
report-plan = { $title } на { $period }
report-network = Сеть
report-as-of = Состояние на
report-compiled-by = Составитель
report-compiled-at = Составлен
report-code = Контрольный код сети
report-summary = В отчётном периоде подлежало исполнению { $due ->
    [one] { $due } пункт
    [few] { $due } пункта
   *[many] { $due } пунктов
} (сумма по муниципалитетам). Выполнено: { $done }, выполнено частично: { $partially }, просрочено: { $overdue }, перенесено: { $moved }.
report-summary-share = Доля выполнения: { $percent } %.
report-summary-nothing = В отчётном периоде срок не наступает ни у одного пункта.
report-without = Не сдано: { $names }. Итоги приведены без этих данных ({ $reported } из { $all }).
report-complete = Сданы данные всех муниципалитетов ({ $all } из { $all }).

## Who is in
report-members = Кто сдал и насколько свежи данные
report-member = Муниципалитет
report-organisation = Организация
report-presence = Сдано
report-presence-reported = сдано
report-presence-silent = не сдано
report-presence-unknown = нет данных
report-statuses = Состояний
report-newest = Новейшая запись
report-last-seen = Последняя связь
report-none = нет
report-own-node = этот узел

## Totals
report-by-member = Итоги по муниципалитетам
report-by-section = Выполнение по разделам
report-indicator = Показатель
report-total = Итого
report-total-without = Итого*
report-total-note = * Без данных: { $names }.
report-count-due = Срок в периоде
report-count-done = Выполнено
report-count-unproven = в том числе без указания результата
report-count-partially = Выполнено частично
report-count-overdue = Просрочено
report-count-moved = Перенесено
report-count-cancelled = Отменено
report-count-not-applicable = Не применимо
report-count-ahead = В работе или впереди
report-count-share = Доля выполнения
report-count-on-request = По запросу, отмечено
report-share = { $percent } %
report-done-of = { $done } из { $due }
report-overdue-mark = ! { $n }
report-share-note = Знак «!» — сколько пунктов просрочено. Доля выполнения — отношение сумм: выполнено, делённое на число пунктов со сроком в периоде без неприменимых.
report-section = Раздел
report-all-sections = Все разделы
report-no-section = Без раздела

## Lists
report-number = №
report-item = Мероприятие
report-item-number = Пункт
report-term = Срок
report-reason = Причина
report-no-reason = причина не указана
report-overdue = Просрочено и почему
report-overdue-carried = Срок истёк до начала периода
report-overdue-nothing = Просроченного нет.
report-undated = Без срока
report-on-request = По запросу
report-done-by = Отметили выполнение
report-divergences = Расхождения, не решённые к моменту составления
report-divergences-nothing = Нерешённых расхождений нет.
report-divergence-where = Что
report-divergence-stands = Действует сейчас
report-divergence-beside = Записано одновременно
report-divergence-deleted = удаление: { $reason }
report-divergence-edited = правка
report-by = { $org }, { $node }, { $when }
report-place-plan-title = Название дорожной карты
report-place-plan-period = Период дорожной карты
report-place-plan-form = Печатная форма
report-place-plan-approval = Кто утверждает
report-place-task = Задача
report-place-organisations = Организации
report-place-municipalities = Муниципалитеты
report-place-note = Примечание к пункту
report-place-number = Номер
report-place-title = Мероприятие
report-place-form = Форма
report-place-term = Срок
report-place-audience = Целевая аудитория
report-place-responsible = Ответственный
report-place-result = Ожидаемый результат
report-place-section = Раздел
report-place-accepted = Ответы на вопросы проверки
report-place-order = Место в плане
report-place-row = Удаление против правки
report-place-execution-status = Состояние
report-place-execution-date = Дата исполнения
report-place-execution-result = Результат
report-place-execution-comment = Примечание

## Signature
report-signature = Составитель
report-signature-line = ____________________ / ____________________
report-signature-date = «____» ________________ 20___ г.
report-approve = УТВЕРЖДАЮ
report-approve-line = ________________ / ________________

## Annexes
report-annex-items = Приложение 1. Исполнение по пунктам
report-annex-provenance = Приложение 2. Происхождение
report-legend = Знаки: { $signs }. Число у знака — строка приложения 2, в которой названа подписанная запись.
report-provenance-note = Каждое состояние в отчёте записано самой организацией и подписано ключом её узла. Журнал, номер записи и её отпечаток находят эту запись на любом узле сети.
report-recorded = Записано
report-node = Узел
report-feed = Журнал
report-seq = Запись
report-entry = Отпечаток записи
report-status = Состояние
report-day = Дата
report-no-record = запись не найдена
report-status-planned = запланировано
report-status-in-progress = в работе
report-status-done = выполнено
report-status-partially = выполнено частично
report-status-moved = перенесено
report-status-cancelled = отменено
report-status-not-applicable = не применимо
report-light-overdue = просрочено
report-light-soon = скоро срок
report-light-running = в работе
report-light-not-due = срок впереди
report-light-moved = перенесено
report-light-partially = частично
report-light-done-without-evidence = выполнено, результат не указан
report-light-done = выполнено
report-light-undated = без срока
report-light-on-request = по запросу
report-light-not-applicable = не применимо
report-light-cancelled = отменено

## Sheets of the table file
report-sheet-summary = Свод
report-sheet-members = По муниципалитетам
report-sheet-overdue = Просрочено
report-sheet-provenance = Происхождение
