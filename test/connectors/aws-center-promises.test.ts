import { describe } from 'vitest'
import aws from '../../connectors/aws/index.ts'
import { cast } from '../../src/sandbox/company.ts'
import { testConnector } from '../support/test-connector.ts'
import { centerBed, configuredAws } from './aws-center-world.ts'
import { leaverOf } from './aws-world.ts'

const connector = configuredAws()
const added = connector.steps.map((step) => step.id).filter((id) => !aws.steps.some((step) => step.id === id))

describe('with Identity Center and a shared role', () => {
  testConnector(connector, {
    bed: () => centerBed(leaverOf(cast.leaver)),
    steps: added.filter((id) => id !== 'service-keys' && id !== 'center-portal'),
  })
})
