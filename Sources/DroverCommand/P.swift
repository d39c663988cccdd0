import ArgumentParser
import AsyncHTTPClient
import Crypto
import Subprocess
import Logging
import ServiceLifecycle
import NIOCore
