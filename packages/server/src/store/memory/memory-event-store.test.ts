import { describeAccess } from '../testing/access-suite.ts'
import { describeGrouping } from '../testing/group-suite.ts'
import { describeNewTables } from '../testing/new-tables-suite.ts'
import { describeQueryGroups } from '../testing/query-groups-suite.ts'
import { describeReadingBehind } from '../testing/behind-suite.ts'
import { describeEventStore } from '../testing/event-store-suite.ts'
import { describeRewriting } from '../testing/rewrite-suite.ts'
import { createMemoryEventStore } from './memory-event-store.ts'

describeEventStore('in memory', async () => createMemoryEventStore())
describeRewriting('in memory', async () => createMemoryEventStore())
describeReadingBehind('in memory', async () => createMemoryEventStore())
describeQueryGroups('in memory', async () => createMemoryEventStore())
describeAccess('in memory', async () => createMemoryEventStore())
describeNewTables('in memory', async () => createMemoryEventStore())
describeGrouping('in memory', async () => createMemoryEventStore())
