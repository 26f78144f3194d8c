export { CostLimits, type Spent } from './cost-limits';
export { type Claims, DynamoClaims } from './claims';
export { DynamoLedger } from './dynamo-ledger';
export { MemoryLedger } from './memory-ledger';
