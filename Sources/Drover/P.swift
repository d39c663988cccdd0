import Metrics
import ServiceLifecycle
import Logging
