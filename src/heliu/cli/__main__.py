from heliu.cli import main

main()
