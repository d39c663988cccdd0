// swift-tools-version:6.2
import PackageDescription

/// The settings of every target: one place, so that no module drifts.
let house: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let package = Package(
    name: "drover",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Drover", targets: ["Drover"]),
        .library(name: "DroverCore", targets: ["DroverCore"]),
        .library(name: "DroverRedis", targets: ["DroverRedis"]),
        .library(name: "DroverSQLite", targets: ["DroverSQLite"]),
        .library(name: "DroverConformance", targets: ["DroverConformance"]),
        .library(name: "DroverTesting", targets: ["DroverTesting"]),
        .executable(name: "drover", targets: ["drover"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    ],
    targets: [
        .target(name: "DroverCore", swiftSettings: house),
        .target(
            name: "Drover",
            dependencies: [
                "DroverCore",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ],
            swiftSettings: house),
        .target(
            name: "DroverSQLite",
            dependencies: [
                "DroverCore",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            exclude: ["Statements"],
            swiftSettings: house),
        .target(
            name: "RedisClient",
            dependencies: [
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: house),
        .target(
            name: "DroverRedis",
            dependencies: [
                "DroverCore", "RedisClient",
                .product(name: "Logging", package: "swift-log"),
            ],
            exclude: ["Scripts"],
            swiftSettings: house),
        .target(name: "DroverConformance", dependencies: ["DroverCore"], swiftSettings: house),
        .target(name: "DroverTesting", dependencies: ["Drover", "DroverCore"], swiftSettings: house),
        .target(
            name: "DroverServer",
            dependencies: [
                "DroverCore",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: house),
        .target(
            name: "DroverCommand",
            dependencies: [
                "Drover",
                "DroverCore",
                "DroverRedis",
                "DroverServer",
                "DroverSQLite",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: house),
        .executableTarget(name: "drover", dependencies: ["DroverCommand"], swiftSettings: house),

        .testTarget(name: "DroverCoreTests", dependencies: ["DroverCore", "DroverTesting"], swiftSettings: house),
        .testTarget(
            name: "DroverTestingTests",
            dependencies: ["DroverCore", "DroverConformance", "DroverTesting"],
            swiftSettings: house),
        .target(
            name: "ProcessTesting",
            dependencies: [
                "DroverTesting",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            path: "Tests/ProcessTesting",
            swiftSettings: house),
        .executableTarget(
            name: "PowerCutWorkload",
            dependencies: [
                "Drover", "DroverCore", "DroverSQLite", "DroverTesting",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/PowerCutWorkload",
            swiftSettings: house),
        .testTarget(
            name: "DroverSQLiteTests",
            dependencies: [
                "Drover", "DroverCore", "DroverConformance", "DroverSQLite", "DroverTesting", "PowerCutWorkload",
                "ProcessTesting",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: house),
        .target(
            name: "RedisTesting",
            dependencies: [
                "DroverTesting", "ProcessTesting",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Tests/RedisTesting",
            swiftSettings: house),
        .testTarget(
            name: "RedisClientTests",
            dependencies: [
                "DroverTesting", "ProcessTesting", "RedisClient", "RedisTesting",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: house),
        .executableTarget(
            name: "RedisDelay", dependencies: ["RedisTesting"], path: "Tests/RedisDelay", swiftSettings: house),
        .executableTarget(
            name: "RedisWorkload",
            dependencies: [
                "Drover", "DroverCore", "DroverRedis", "DroverTesting",
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/RedisWorkload",
            swiftSettings: house),
        .testTarget(
            name: "DroverRedisTests",
            dependencies: [
                "Drover", "DroverCore", "DroverConformance", "DroverRedis", "DroverSQLite", "DroverTesting",
                "ProcessTesting", "RedisClient", "RedisTesting", "RedisWorkload",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            exclude: ["Peers"],
            swiftSettings: house),
        .testTarget(
            name: "CrashTests",
            dependencies: [
                "Drover", "DroverCore", "DroverRedis", "DroverSQLite", "DroverTesting", "PowerCutWorkload",
                "ProcessTesting", "RedisTesting", "drover",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
            ],
            exclude: ["Recorder"],
            swiftSettings: house),
        .testTarget(
            name: "DroverTests",
            dependencies: [
                "Drover", "DroverCore", "DroverTesting",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ],
            exclude: ["Schedule/Oracles"],
            swiftSettings: house),
        // The tests of the guide "Testing Your Jobs" are tests too: a link to its file in Snippets.
        .testTarget(name: "GuideTests", dependencies: ["Drover", "DroverTesting"], swiftSettings: house),
        .testTarget(
            name: "DroverServerTests",
            dependencies: [
                "DroverCore", "DroverServer", "DroverTesting",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: house),
        .testTarget(
            name: "DroverCommandTests",
            dependencies: [
                "Drover", "DroverCommand", "DroverCore", "DroverSQLite", "DroverTesting", "ProcessTesting",
                "RedisTesting",
                "drover",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            exclude: ["Snapshots"],
            swiftSettings: house),
    ]
)
