# Words of the consolidated report: keys begin with `report-`.
