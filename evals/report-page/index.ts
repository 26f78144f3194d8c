export { evalPage } from './page';
export { type ReportFiles, writeReports } from './write-reports';
