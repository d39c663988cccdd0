import DroverCommand

await DroverTool.main()
