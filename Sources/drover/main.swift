import DroverCommand
print("x")
