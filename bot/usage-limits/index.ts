export { CostLimits, type Spent } from './cost-limits';
export { DynamoLedger } from './dynamo-ledger';
export { MemoryLedger } from './memory-ledger';
