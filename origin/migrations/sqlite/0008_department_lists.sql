-- What a department has in one state: its lists of the console, and their counts, by the index alone.

CREATE INDEX reports_by_department_and_state
    ON reports (municipality, current_department, state, received_ms, number);
